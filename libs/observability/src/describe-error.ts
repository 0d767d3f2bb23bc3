import { types } from 'node:util';

/** What the log tells about an error. */
export interface ErrorDescription {
  readonly name: string;
  readonly code?: string | number;
  readonly retryable?: boolean;
  /** Only of our own errors: the text of others may quote what a caller said. */
  readonly message?: string;
  /** The frames alone: the head of a stack repeats the message. */
  readonly stack?: readonly string[];
  readonly cause?: ErrorDescription;
}

const MAX_FRAMES = 12;
const MAX_CAUSES = 4;
const MAX_TEXT = 500;
const OWN_ERROR_PREFIX = 'interject.';
/** A frame names a place in code; a line of a message that merely begins with "at" does not. */
const FRAME = /^\s+at (?:async )?(?:.* \()?(?:file:|node:|\/|[A-Za-z]:\\|native|<anonymous>)[^()]*\)?$/;

/** True for an error, also one of another realm: in Jest the errors of Node's own modules are. */
export function isError(value: unknown): value is Error {
  return types.isNativeError(value) || value instanceof Error;
}

/**
 * True for an error raised by this project: it has a `code`, and a guard symbol registered as `Symbol.for('interject....')`.
 * Such an error keeps private values out of its message, so the message may be logged. An error whose text comes from
 * the author of a handler says so with `privateMessage: true`.
 */
export function hasPublicMessage(error: Error): boolean {
  const own = Object.getOwnPropertySymbols(error).some((s) => Symbol.keyFor(s)?.startsWith(OWN_ERROR_PREFIX) === true);
  return own && typeof read(error, 'code') === 'string' && read(error, 'privateMessage') !== true;
}

/**
 * Describes an error for the log: name, code, retryable, the stack's frames and its causes; the message only if
 * {@link hasPublicMessage}. A foreign error's text and cause are private: they may quote a URL, a body or a transcript.
 */
export function describeError(error: Error): ErrorDescription {
  return describe(error, MAX_CAUSES);
}

function describe(error: Error, causesLeft: number): ErrorDescription {
  const code = read(error, 'code');
  const retryable = read(error, 'retryable');
  const cause = read(error, 'cause');
  const stack = framesOf(error);
  return {
    name: clip(nameOf(error)),
    ...(typeof code === 'string' || typeof code === 'number'
      ? { code: typeof code === 'string' ? clip(code) : code }
      : {}),
    ...(typeof retryable === 'boolean' ? { retryable } : {}),
    ...(hasPublicMessage(error) ? { message: clip(error.message) } : {}),
    ...(stack.length > 0 ? { stack } : {}),
    ...(isError(cause) && causesLeft > 0 ? { cause: describe(cause, causesLeft - 1) } : {}),
  };
}

function framesOf(error: Error): readonly string[] {
  const stack = read(error, 'stack');
  if (typeof stack !== 'string') return [];
  const message = read(error, 'message');
  const head = typeof message === 'string' && message !== '' ? stack.indexOf(message) : -1;
  const rest = head >= 0 ? stack.slice(head + String(message).length) : stack;
  return rest
    .split('\n')
    .filter((line) => FRAME.test(line))
    .slice(0, MAX_FRAMES)
    .map((line) => clip(line.trim()));
}

/** Many classes leave `name` at "Error": then the class tells more. */
function nameOf(error: Error): string {
  const name = read(error, 'name');
  if (typeof name === 'string' && name !== '' && name !== 'Error') return name;
  const type = read(error, 'constructor');
  return typeof type === 'function' && type.name !== '' ? type.name : 'Error';
}

/** Reads a property of a foreign object, whose getter may throw. */
function read(from: object, key: string): unknown {
  try {
    return (from as Record<string, unknown>)[key];
  } catch {
    return undefined;
  }
}

function clip(text: string): string {
  return text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}...` : text;
}
