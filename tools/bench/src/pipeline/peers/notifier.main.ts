import { Worker } from 'bullmq';
import { Agent, request } from 'undici';
import { optionsFromParent, serveParent } from '../process/parent-link.js';
import { CONCURRENCY, connectionTo, QUEUES } from './express-bullmq.types.js';
import type { PeerOptions, ResultJob } from './express-bullmq.types.js';

/** Third hop: says the result. */
const connection = connectionTo(optionsFromParent<PeerOptions>());
const dispatcher = new Agent();

const worker = new Worker<ResultJob>(
  QUEUES.results,
  async ({ data: { controlUrl, text } }) => {
    const { statusCode, body } = await request(controlUrl, {
      method: 'POST',
      dispatcher,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ type: 'say', content: text }),
    });
    await body.dump();
    if (statusCode !== 200) throw new Error('The control URL has refused.');
  },
  { connection, concurrency: CONCURRENCY },
);
await worker.waitUntilReady();
serveParent(undefined, async () => undefined);
