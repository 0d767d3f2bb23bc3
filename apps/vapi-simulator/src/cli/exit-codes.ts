/** How the command line tells its outcome. */
export const ExitCode = {
  /** All expectations hold, or the server was stopped. */
  Ok: 0,
  /** An expectation does not hold. */
  Failed: 1,
  /** The scenario, the configuration or the gateway keeps it from being played at all. */
  CannotRun: 2,
} as const;
export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];
