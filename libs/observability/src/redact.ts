import { types } from 'node:util';
import { describeError, isError } from './describe-error.js';

export const REDACTED = '[redacted]';

const MAX_DEPTH = 6;
const MAX_ITEMS = 50;
const MAX_TEXT = 2_000;

/** A key is private if its last word is one of these: `url`, `controlUrl` and `control_url` alike, but not `urlCount`. */
const PRIVATE_LAST_WORDS: ReadonlySet<string> = new Set([
  'args',
  'arguments',
  'authorization',
  'body',
  'content',
  'contents',
  'cookie',
  'credentials',
  'email',
  'header',
  'headers',
  'href',
  'input',
  'message',
  'messages',
  'output',
  'passphrase',
  'password',
  'payload',
  'phone',
  'prompt',
  'result',
  'results',
  'say',
  'secret',
  'secrets',
  'signature',
  'spoken',
  'text',
  'texts',
  'token',
  'tokens',
  'transcript',
  'transcripts',
  'uri',
  'url',
  'urls',
]);
/** Keys of several words that are private as a whole, and the one that only looks so: a call token is a hash. */
const PRIVATE_KEYS: ReadonlySet<string> = new Set([
  'apikey',
  'privatekey',
  'publickey',
  'secretkey',
  'phonenumber',
  'phonenumbers',
]);
const PUBLIC_KEYS: ReadonlySet<string> = new Set(['calltoken']);

/** True if the values of this key never enter a log line, whatever the case and the word separators. */
export function isPrivateKey(key: string): boolean {
  const words = key
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '');
  const whole = words.join('');
  if (PUBLIC_KEYS.has(whole)) return false;
  if (PRIVATE_KEYS.has(whole) || PRIVATE_KEYS.has(words.slice(-2).join(''))) return true;
  return PRIVATE_LAST_WORDS.has(words.at(-1) ?? '');
}

/**
 * A copy of `fields` fit for the log: values under private keys become "[redacted]" at any depth, errors are described
 * without their text ({@link describeError}), and depth, length and number are bounded.
 */
export function redact(fields: object): Record<string, unknown> {
  return copyObject(fields, MAX_DEPTH);
}

function copyObject(source: object, depth: number): Record<string, unknown> {
  const copy: Record<string, unknown> = {};
  let entries = 0;
  for (const key of Object.keys(source)) {
    if (entries++ >= MAX_ITEMS) {
      copy['...'] = 'more';
      break;
    }
    copy[key] = valueOf(source, key, depth);
  }
  return copy;
}

function valueOf(source: object, key: string, depth: number): unknown {
  try {
    const value = (source as Record<string, unknown>)[key];
    if (value === undefined || value === null) return value;
    if (isError(value)) return describeError(value);
    // A flag ("hasText: true") tells nothing; a number may be a telephone's.
    if (isPrivateKey(key)) return typeof value === 'boolean' ? value : REDACTED;
    return copyValue(value, depth - 1);
  } catch {
    return '[unreadable]';
  }
}

function copyValue(value: unknown, depth: number): unknown {
  switch (typeof value) {
    case 'string':
      return value.length > MAX_TEXT ? `${value.slice(0, MAX_TEXT)}...` : value;
    case 'bigint':
      return value.toString();
    case 'function':
    case 'symbol':
      return undefined;
    case 'object':
      return value === null ? null : copyReference(value, depth);
    default:
      return value;
  }
}

function copyReference(value: object, depth: number): unknown {
  if (isError(value)) return describeError(value);
  if (types.isDate(value)) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  if (value instanceof URL) return REDACTED;
  if (ArrayBuffer.isView(value)) return `[binary, ${String(value.byteLength)} bytes]`;
  if (depth <= 0) return '[deep]';
  if (types.isMap(value)) return copyObject(Object.fromEntries(value) as object, depth);
  if (Array.isArray(value) || types.isSet(value)) return copyList([...(value as Iterable<unknown>)], depth);
  return copyObject(value, depth);
}

function copyList(list: readonly unknown[], depth: number): unknown[] {
  const copy = list.slice(0, MAX_ITEMS).map((item) => copyValue(item, depth - 1));
  return list.length > MAX_ITEMS ? [...copy, `[${String(list.length - MAX_ITEMS)} more]`] : copy;
}
