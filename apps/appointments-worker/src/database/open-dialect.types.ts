import type { Dialect } from 'kysely';

/** A dialect, and what is to be done once Kysely has closed its connections. */
export interface OpenDialect {
  readonly dialect: Dialect;
  release(): Promise<void>;
}
