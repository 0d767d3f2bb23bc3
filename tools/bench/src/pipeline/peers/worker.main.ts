import { Queue, Worker } from 'bullmq';
import { optionsFromParent, serveParent } from '../process/parent-link.js';
import { sentenceOf } from '../system.types.js';
import { CONCURRENCY, connectionTo, JOB_OPTIONS, QUEUES } from './express-bullmq.types.js';
import type { PeerOptions, ResultJob, ToolCallJob } from './express-bullmq.types.js';

/** Second hop: does the job, adds its result as a job for the notifier. */
const connection = connectionTo(optionsFromParent<PeerOptions>());
const results = new Queue<ResultJob>(QUEUES.results, { connection });

const worker = new Worker<ToolCallJob>(
  QUEUES.toolCalls,
  async ({ id, data: { region, controlUrl } }) => {
    const jobId = id === undefined ? {} : { jobId: id };
    await results.add('say', { controlUrl, text: sentenceOf(region) }, { ...JOB_OPTIONS, ...jobId });
  },
  { connection, concurrency: CONCURRENCY },
);
await Promise.all([results.waitUntilReady(), worker.waitUntilReady()]);
serveParent(undefined, async () => undefined);
