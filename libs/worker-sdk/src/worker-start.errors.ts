const WORKER_START_ERROR = Symbol.for('interject.worker-start-error');

/** The worker's tools are not fit to be run; the text lists everything that is wrong and what to do about it. */
export class WorkerStartError extends Error {
  readonly [WORKER_START_ERROR] = true;
  readonly code = 'worker-start';
  readonly retryable = false;

  constructor(
    readonly problems: readonly string[],
    options?: ErrorOptions,
  ) {
    super(`The worker cannot start:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`, options);
    this.name = 'WorkerStartError';
  }
}

/** True for a {@link WorkerStartError}, also one from another copy of this package. */
export function isWorkerStartError(value: unknown): value is WorkerStartError {
  return typeof value === 'object' && value !== null && WORKER_START_ERROR in value;
}
