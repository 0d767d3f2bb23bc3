import { DEFAULT_CONCURRENCY, ownDefinition } from '@interject/worker-sdk';
import type { OwnToolDefinition, ToolRegistration } from '@interject/worker-sdk';
import { NO_PARAMETERS } from './arguments-validator.js';
import type { HttpToolEntry } from './http-tool.dto.js';

/** How many jobs of a tool may run, and how fast they may start. */
export type JobLimits = Pick<ToolRegistration, 'concurrency' | 'concurrencyPerCall' | 'rateLimit'>;

/** What the file says of a tool, with every default filled in. */
export function definitionOf(entry: HttpToolEntry): OwnToolDefinition {
  // The same names as the wishes, each checked; `ownDefinition` takes what it knows, and a wish of undefined is none.
  return ownDefinition(entry, entry.parameters ?? NO_PARAMETERS);
}

/** How many jobs may run. */
export function limitsOf({ concurrency, concurrencyPerCall, rateLimit }: HttpToolEntry): JobLimits {
  return {
    concurrency: concurrency ?? DEFAULT_CONCURRENCY,
    ...(concurrencyPerCall !== undefined && { concurrencyPerCall }),
    ...(rateLimit && { rateLimit }),
  };
}
