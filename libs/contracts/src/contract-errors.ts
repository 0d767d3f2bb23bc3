/** Codes of the errors this project raises or reports; the same word in code, events and docs. */
export const ErrorCodes = {
  /** A message or document does not fit its contract. */
  ContractViolation: 'contract-violation',
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
  readonly code = ErrorCodes.ContractViolation;
  readonly retryable = false;

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

/** True for a {@link ContractError}, also one from another copy of this package. */
export function isContractError(value: unknown): value is ContractError {
  return typeof value === 'object' && value !== null && CONTRACT_ERROR in value;
}
