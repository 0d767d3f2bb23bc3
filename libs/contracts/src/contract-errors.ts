/** Codes of the errors this project raises or reports; the same word in code, events and docs. */
export const ErrorCodes = {
  /** A message or document does not fit its contract. */
  ContractViolation: 'contract-violation',
  /** A message of a version that this release does not read: a newer one wrote it. */
  UnknownVersion: 'unknown-version',
  /** The handler threw and no attempt is left. */
  HandlerFailed: 'handler-failed',
  /** The handler refused with a non-retryable error. */
  NonRetryable: 'non-retryable',
  /** The tool call's arguments do not fit the handler's DTO. */
  InvalidArguments: 'invalid-arguments',
  /** A result is over 256 KB. */
  ResultTooLarge: 'result-too-large',
  /** A result cannot be written as JSON: a cycle, a BigInt, a function. */
  ResultNotJson: 'result-not-json',
  /** The deadline of the tool call passed. */
  DeadlineExceeded: 'deadline-exceeded',
  /** The job waited so long that nobody waits for it any more. */
  QueueExpired: 'queue-expired',
  /** Redelivered too often: workers died while running it. */
  WorkerLost: 'worker-lost',
  /** The tool call was refused: no worker of its tool lives. */
  NoWorker: 'no-worker',
  /** The tool call was refused: nobody has registered its tool. */
  UnknownTool: 'unknown-tool',
  /** The call ended, or the tool call was cancelled. */
  Cancelled: 'cancelled',
} as const;
export type ErrorCode = (typeof ErrorCodes)[keyof typeof ErrorCodes];

/** One field that does not fit, e.g. `{ field: 'speech.timing', problem: 'must be one of ...' }`. */
export interface FieldProblem {
  readonly field: string;
  readonly problem: string;
}

const CONTRACT_ERROR = Symbol.for('interject.contract-error');

/** A message does not fit its contract: it is poison and no repeat can heal it. Values never enter the text. */
export class ContractError extends Error {
  readonly [CONTRACT_ERROR] = true;
  readonly code: ErrorCode = ErrorCodes.ContractViolation;
  readonly retryable: boolean = false;

  /**
   * @param contract name of the class that was expected
   * @param problems every field that does not fit
   */
  constructor(
    readonly contract: string,
    readonly problems: readonly FieldProblem[],
    options?: ErrorOptions,
  ) {
    super(`${contract} does not fit: ${problems.map((p) => `${p.field} ${p.problem}`).join('; ')}`, options);
    this.name = 'ContractError';
  }
}

/** A replica of the new release may be there already, or will be in a moment. */
const NEXT_READER_MS = 2000;

/**
 * A message that a newer release wrote. It is no poison: whoever can leave it does so, and another reader gets it. It is a
 * {@link ContractError} for those who cannot.
 */
export class UnknownVersionError extends ContractError {
  override readonly code = ErrorCodes.UnknownVersion;
  override readonly retryable = true;
  readonly retryAfterMs = NEXT_READER_MS;

  /**
   * @param contract name of the class that was expected
   * @param version that was met
   * @param readable versions that this release reads
   */
  constructor(
    contract: string,
    readonly version: number,
    readable: readonly number[],
  ) {
    const known = [...readable].sort((a, b) => a - b).join(' and ');
    const problem = `is version ${String(version)}, this release reads ${known}: a newer one wrote it (docs/guides/upgrades.md)`;
    super(contract, [{ field: '(root)', problem }]);
    this.name = 'UnknownVersionError';
  }
}

/** True for an {@link UnknownVersionError}, also one from another copy of this package. */
export function isUnknownVersion(value: unknown): value is UnknownVersionError {
  return isContractError(value) && value.code === ErrorCodes.UnknownVersion;
}

/** True for a {@link ContractError}, also one from another copy of this package. */
export function isContractError(value: unknown): value is ContractError {
  return typeof value === 'object' && value !== null && CONTRACT_ERROR in value;
}
