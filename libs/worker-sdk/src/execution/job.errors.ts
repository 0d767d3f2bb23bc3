/** This process goes down before the job is done: the delivery is given back, so that another replica runs it at once. */
export class JobHandedBackError extends Error {
  readonly code = 'shutdown';
  readonly retryable = true;
  readonly retryAfterMs = 0;

  constructor() {
    super('The worker shuts down; the job is given back.');
    this.name = 'JobHandedBackError';
  }
}
