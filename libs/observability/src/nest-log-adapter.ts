import { isError } from './describe-error.js';
import type { Log, LogFields } from './log.js';

const STACK = /\n\s+at /;

/**
 * Nest's `LoggerService` over a {@link Log} (by shape: this library does not know Nest). Nest's own texts are static;
 * what it says while starting is of interest to developers only, so its `log` becomes our `debug`.
 * Errors follow our rule: an error's text is private, so of an error only name, code and frames are written.
 */
export class NestLogAdapter {
  constructor(private readonly target: Log) {}

  log(message: unknown, ...rest: readonly unknown[]): void {
    this.target.debug(textOf(message), fieldsOf(message, rest));
  }

  fatal(message: unknown, ...rest: readonly unknown[]): void {
    const stack = rest.find(isStack);
    this.target.fatal(stack === undefined ? textOf(message) : UNNAMED_ERROR, fieldsOf(message, rest));
  }

  error(message: unknown, ...rest: readonly unknown[]): void {
    // `error(text, stack)` is how Nest reports an exception: the text is then the exception's own message.
    const stack = rest.find(isStack);
    this.target.error(stack === undefined ? textOf(message) : UNNAMED_ERROR, fieldsOf(message, rest));
  }

  warn(message: unknown, ...rest: readonly unknown[]): void {
    this.target.warn(textOf(message), fieldsOf(message, rest));
  }

  debug(message: unknown, ...rest: readonly unknown[]): void {
    this.target.debug(textOf(message), fieldsOf(message, rest));
  }

  verbose(message: unknown, ...rest: readonly unknown[]): void {
    this.target.trace(textOf(message), fieldsOf(message, rest));
  }
}

const UNNAMED_ERROR = 'Nest reports an error';

function textOf(message: unknown): string {
  return typeof message === 'string' ? message : isError(message) ? UNNAMED_ERROR : 'Nest reports';
}

/** The last text is the context (the class that speaks), a stack becomes an error without its text. */
function fieldsOf(message: unknown, rest: readonly unknown[]): LogFields {
  const context = rest.findLast((item) => typeof item === 'string' && !isStack(item));
  const error = isError(message) ? message : (rest.find(isError) ?? errorOf(rest));
  return {
    ...(context === undefined ? {} : { context }),
    ...(error === undefined ? {} : { error }),
  };
}

function errorOf(rest: readonly unknown[]): Error | undefined {
  const stack = rest.find(isStack);
  if (stack === undefined) return undefined;
  const error = new Error('');
  error.name = /^\w+/.exec(stack)?.[0] ?? 'Error';
  error.stack = stack;
  return error;
}

function isStack(value: unknown): value is string {
  return typeof value === 'string' && STACK.test(value);
}
