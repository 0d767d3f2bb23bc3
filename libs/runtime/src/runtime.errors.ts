const CONFIGURATION_ERROR = Symbol.for('interject.configuration-error');
const START_ERROR = Symbol.for('interject.start-error');

/** One variable that cannot be used as it is. */
export interface ConfigurationFault {
  readonly variable: string;
  /** What is wrong and what is expected; without the value if the variable is secret. */
  readonly problem: string;
}

/** Environment variables do not fit; all of them are named at once. */
export class ConfigurationError extends Error {
  readonly [CONFIGURATION_ERROR] = true;
  readonly code = 'configuration';
  readonly retryable = false;

  constructor(
    readonly faults: readonly ConfigurationFault[],
    options?: ErrorOptions,
  ) {
    super(`The configuration does not fit:\n${faults.map((f) => `  ${f.variable}: ${f.problem}`).join('\n')}`, options);
    this.name = 'ConfigurationError';
  }
}

/** True for a {@link ConfigurationError}, also one from another copy of this package. */
export function isConfigurationError(value: unknown): value is ConfigurationError {
  return typeof value === 'object' && value !== null && CONFIGURATION_ERROR in value;
}

/** The service could not be started; the message says what to do. */
export class StartError extends Error {
  readonly [START_ERROR] = true;
  readonly code = 'start-failed';
  readonly retryable = false;

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'StartError';
  }
}

/** True for a {@link StartError}, also one from another copy of this package. */
export function isStartError(value: unknown): value is StartError {
  return typeof value === 'object' && value !== null && START_ERROR in value;
}

/** The mark of `WorkerStartError` of @interject/worker-sdk, which this library does not import. */
const WORKER_START_ERROR = Symbol.for('interject.worker-start-error');

/** True for an error that lists, for its reader, faults in the service's own code: no restart heals them. */
export function isUnfitToStart(value: unknown): value is Error {
  return value instanceof Error && WORKER_START_ERROR in value;
}
