import { parentPort, workerData } from 'node:worker_threads';
import { monotonicMs } from './monotonic.js';

/** Sleeps with the precision of the operating system; it has nothing else to do. */
const dueAt = workerData as Float64Array;
const nobodyWakes = new Int32Array(new SharedArrayBuffer(4));
for (let count = 0; count < dueAt.length;) {
  const now = monotonicMs();
  const before = count;
  while (count < dueAt.length && (dueAt[count] ?? 0) <= now) count += 1;
  if (count > before) parentPort?.postMessage(count);
  else Atomics.wait(nobodyWakes, 0, 0, (dueAt[count] ?? 0) - now);
}
