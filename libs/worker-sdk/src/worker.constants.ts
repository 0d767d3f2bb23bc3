import { JetStreamStrategy } from '@interject/messaging';

/** Token of {@link WorkerOptions}. */
export const WORKER_OPTIONS = Symbol('interject.worker-options');

/** What a worker's `main.ts` gives to `bootstrap` as its strategy: where the tool calls come from. */
export const TOOL_CALL_STRATEGY = JetStreamStrategy;
