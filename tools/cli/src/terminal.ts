/** The person at the other end. */
export interface Terminal {
  /** A line of what was asked for. */
  out(line: string): void;
  /** A line about what went wrong. */
  error(line: string): void;
  /** Something of it was not done: exit code 1. */
  fail(): void;
}
