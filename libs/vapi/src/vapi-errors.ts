/** Codes of the errors that this library throws. What happens on the wire is an outcome, never an error. */
export const VapiErrorCodes = {
  /** A client was built with settings that cannot work. */
  InvalidSettings: 'vapi-invalid-settings',
} as const;
export type VapiErrorCode = (typeof VapiErrorCodes)[keyof typeof VapiErrorCodes];

const VAPI_ERROR = Symbol.for('interject.vapi-error');

/** A client of this library was built with settings that cannot work; the text names the setting, never its value. */
export class VapiSettingsError extends Error {
  readonly [VAPI_ERROR] = true;
  readonly code = VapiErrorCodes.InvalidSettings;
  readonly retryable = false;

  /**
   * @param setting e.g. `baseUrl`
   * @param problem what it must be
   */
  constructor(
    readonly setting: string,
    problem: string,
    options?: ErrorOptions,
  ) {
    super(`${setting} ${problem}`, options);
    this.name = 'VapiSettingsError';
  }
}

/** True for a {@link VapiSettingsError}, also one from another copy of this package. */
export function isVapiSettingsError(value: unknown): value is VapiSettingsError {
  return typeof value === 'object' && value !== null && VAPI_ERROR in value;
}
