/**
 * Loaded into a service by `--import`, beside its own program, which knows nothing of it: tells the memory that is really
 * in use. Of the garbage that a process happens to carry, nothing follows.
 */
import { Session } from 'node:inspector/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { writeHeapSnapshot } from 'node:v8';
import type { Memory, ProbeAsk } from './probe.types.js';

const place = new URL(import.meta.url).searchParams;
const path = join(place.get('directory') ?? '', `${place.get('role') ?? ''}.sock`);

/** What is empty after a collection goes back to the system in the background. */
const RELEASE_MS = 500;
const ROUNDS = 2;

/** All there is: `gc()` of `--expose-gc` leaves tens of megabytes that nothing reaches any more. */
async function collectGarbage(): Promise<void> {
  // Gone again at once: CPU is measured too.
  const inspector = new Session();
  inspector.connect();
  for (let round = 0; round < ROUNDS; round += 1) {
    await inspector.post('HeapProfiler.collectGarbage');
    await delay(RELEASE_MS);
  }
  inspector.disconnect();
}

async function answer({ snapshotFile }: ProbeAsk): Promise<Memory> {
  await collectGarbage();
  const { heapUsed, rss, external, arrayBuffers } = process.memoryUsage();
  if (snapshotFile !== undefined) writeHeapSnapshot(snapshotFile);
  return { heapUsed, rss, external, arrayBuffers };
}

const server = createServer((socket) => {
  socket.once('data', (data) => {
    answer(JSON.parse(data.toString('utf8')) as ProbeAsk).then(
      (memory) => socket.end(JSON.stringify(memory)),
      (error: unknown) => socket.end(JSON.stringify({ failure: String(error) })),
    );
  });
  socket.on('error', () => socket.destroy());
});
server.listen(path);
// The service ends as if there were no probe.
server.unref();
