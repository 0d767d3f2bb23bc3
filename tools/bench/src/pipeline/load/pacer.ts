import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';

/**
 * Tells when things are due, as precisely as the operating system wakes a thread: timers of the event loop are coarse by a
 * millisecond, which is as long as a hop takes.
 *
 * @param dueAt in order, times of {@link monotonicMs}
 * @param upTo gets how many are due by now, again and again
 */
export async function pace(dueAt: Float64Array, upTo: (count: number) => void): Promise<void> {
  const script = fileURLToPath(new URL('./pacer.worker.js', import.meta.url));
  const worker = new Worker(script, { workerData: dueAt });
  worker.on('message', upTo);
  await new Promise<void>((resolve, reject) => {
    worker.once('error', reject);
    worker.once('exit', () => resolve());
  });
}
