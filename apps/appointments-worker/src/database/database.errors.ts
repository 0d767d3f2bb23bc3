const DATABASE_ERROR = Symbol.for('interject.database-error');

/** What went wrong with the database; the same word in logs and results. */
export const DatabaseErrorCodes = {
  /** Not reachable, shutting down, or it asked to try again. */
  Unavailable: 'database-unavailable',
  /** It refused a statement: no repeat can help. */
  Refused: 'database-refused',
  /** Another process has the embedded database open. */
  DirectoryInUse: 'data-directory-in-use',
} as const;
export type DatabaseErrorCode = (typeof DatabaseErrorCodes)[keyof typeof DatabaseErrorCodes];

/** The only error of the database layer. The driver's error is its cause; its text is private and stays out. */
export class DatabaseError extends Error {
  readonly [DATABASE_ERROR] = true;
  readonly retryable: boolean;

  constructor(
    readonly code: DatabaseErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'DatabaseError';
    this.retryable = code === DatabaseErrorCodes.Unavailable;
  }
}

/** True for a {@link DatabaseError}, also one from another copy of this file. */
export function isDatabaseError(value: unknown): value is DatabaseError {
  return typeof value === 'object' && value !== null && DATABASE_ERROR in value;
}

const SQLSTATE = /^[0-9A-Z]{5}$/;
/**
 * Classes of SQLSTATE that a repeat may heal (PostgreSQL manual, appendix A): connection exception, transaction
 * rollback (serialisation, deadlock), insufficient resources, operator intervention (shutdown, timeout).
 */
const TRANSIENT_CLASSES: ReadonlySet<string> = new Set(['08', '40', '53', '57']);
const TRANSIENT_SYSTEM_CODES: ReadonlySet<string> = new Set([
  'EAI_AGAIN',
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EPIPE',
  'ETIMEDOUT',
]);
/** pg gives its own connection errors no code (pg 8.23: client.js, pg-pool/index.js). */
const TRANSIENT_MESSAGES =
  /^(Connection terminated|Client has encountered a connection error|timeout exceeded|timeout expired)/;

/** A driver's error as a {@link DatabaseError}; whatever did not come from the database is given back as it is. */
export function translateDatabaseError(error: unknown): unknown {
  if (isDatabaseError(error)) return error;
  const code = codeOf(error);
  if (isTransient(error, code)) {
    return new DatabaseError(DatabaseErrorCodes.Unavailable, 'The database is not available.', { cause: error });
  }
  if (code !== undefined && SQLSTATE.test(code)) {
    return new DatabaseError(DatabaseErrorCodes.Refused, `The database refused (SQLSTATE ${code}).`, { cause: error });
  }
  return error;
}

function isTransient(error: unknown, code: string | undefined): boolean {
  if (code === undefined) return TRANSIENT_MESSAGES.test(String(field(error, 'message')));
  return TRANSIENT_SYSTEM_CODES.has(code) || (SQLSTATE.test(code) && TRANSIENT_CLASSES.has(code.slice(0, 2)));
}

/** Node reports a host with several addresses that all refuse as an AggregateError. */
function codeOf(error: unknown): string | undefined {
  const code = field(error, 'code');
  if (typeof code === 'string') return code;
  const errors = field(error, 'errors');
  return Array.isArray(errors) && errors.length > 0 ? codeOf(errors[0]) : undefined;
}

/** Not by `instanceof Error`: Node's own errors may come from another realm. */
function field(error: unknown, name: string): unknown {
  return typeof error === 'object' && error !== null ? Reflect.get(error, name) : undefined;
}
