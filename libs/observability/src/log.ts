import { pino } from 'pino';
import type { DestinationStream, Logger } from 'pino';
import { isError } from './describe-error.js';
import { redact } from './redact.js';

/** From the gravest to the most talkative. */
export const LogLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace'] as const;
export type LogLevel = (typeof LogLevels)[number];

/** Values that go beside the static message. An `error` may be any caught value. */
export type LogFields = Readonly<Record<string, unknown>>;

export interface LogOptions {
  /** Which service speaks, e.g. `gateway`. */
  readonly service: string;
  /** Default `info`. */
  readonly level?: LogLevel;
  /** Where the lines go; default: standard output, written at once so that none is lost when the process exits. */
  readonly destination?: DestinationStream;
}

/** Keys of the line itself: a field of that name would make a JSON object with the key twice. */
const OWN_KEYS: ReadonlySet<string> = new Set(['level', 'time', 'pid', 'service', 'msg']);

/**
 * JSON lines on standard output: `level`, `time` (ISO 8601), `service`, `pid`, the fields, `msg`.
 * The message is static text; whatever varies is a field, and private fields are redacted (see `redact`).
 */
export class Log {
  private constructor(private readonly pino: Logger) {}

  static create({ service, level = 'info', destination }: LogOptions): Log {
    return new Log(
      pino(
        {
          level,
          base: { service, pid: process.pid },
          timestamp: pino.stdTimeFunctions.isoTime,
          formatters: { level: (label) => ({ level: label }) },
        },
        destination ?? pino.destination({ dest: 1, sync: true }),
      ),
    );
  }

  /** One that writes nothing, for tests. */
  static silent(): Log {
    return new Log(pino({ enabled: false }));
  }

  /** A log that adds these fields to every line. */
  child(fields: LogFields): Log {
    return new Log(this.pino.child(prepare(fields)));
  }

  /** True if a line of this level would be written: to spare the making of costly fields. */
  isEnabled(level: LogLevel): boolean {
    return this.pino.isLevelEnabled(level);
  }

  fatal(message: string, fields?: LogFields): void {
    this.write('fatal', message, fields);
  }

  error(message: string, fields?: LogFields): void {
    this.write('error', message, fields);
  }

  warn(message: string, fields?: LogFields): void {
    this.write('warn', message, fields);
  }

  info(message: string, fields?: LogFields): void {
    this.write('info', message, fields);
  }

  debug(message: string, fields?: LogFields): void {
    this.write('debug', message, fields);
  }

  trace(message: string, fields?: LogFields): void {
    this.write('trace', message, fields);
  }

  private write(level: LogLevel, message: string, fields: LogFields | undefined): void {
    if (!this.pino.isLevelEnabled(level)) return;
    // The message goes in as an argument of '%s': pino would read a "%s" of its own in it as a format.
    this.pino[level](fields === undefined ? {} : prepare(fields), '%s', message);
  }
}

function prepare(fields: LogFields): Record<string, unknown> {
  const { error, ...others } = fields;
  const named = Object.entries(others).map(([key, value]) => [OWN_KEYS.has(key) ? `${key}_` : key, value] as const);
  const copy = redact(Object.fromEntries(named));
  if (error === undefined) return copy;
  // What was thrown need not be an Error: a thrown text is as private as an error's message.
  return { ...copy, ...(isError(error) ? redact({ error }) : { error: { name: `thrown ${typeof error}` } }) };
}
