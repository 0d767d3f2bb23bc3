import type { JobsOptions } from 'bullmq';

export const QUEUES = { toolCalls: 'tool-calls', results: 'results' } as const;

/** What goes from hop to hop. */
export interface ToolCallJob {
  readonly callId: string;
  readonly toolCallId: string;
  readonly region: string;
  readonly controlUrl: string;
}

export interface ResultJob {
  readonly controlUrl: string;
  readonly text: string;
}

export interface PeerOptions {
  readonly redisPort: number;
}

export interface PeerGatewayOptions extends PeerOptions {
  readonly port: number;
  readonly secret: string;
}

/** As in the guides of BullMQ: some tries with a growing wait, and old jobs do not fill Redis. */
export const JOB_OPTIONS: JobsOptions = {
  attempts: 3,
  backoff: { type: 'exponential', delay: 1000 },
  removeOnComplete: 1000,
  removeOnFail: 5000,
};

/** Jobs that one process does at a time: as many as a worker of ours. */
export const CONCURRENCY = 100;

/** @returns connection options; workers must wait for Redis for ever, says BullMQ */
export function connectionTo({ redisPort }: PeerOptions): { host: string; port: number; maxRetriesPerRequest: null } {
  return { host: '127.0.0.1', port: redisPort, maxRetriesPerRequest: null };
}
