import { setTimeout as delay } from 'node:timers/promises';
import { processFigures } from '../process/process-figures.js';

const WINDOW_MS = 500;
/** Windows in a row in which hardly anything was done: what was sent is worked off. */
const QUIET_WINDOWS = 4;
/** Above what an idle service uses (heartbeats, lease renewals: below 3 %). */
const QUIET_SHARE = 0.1;

/** Resolves when none of the processes does much any more. @throws Error when that takes longer than `limitMs` */
export async function untilQuiet(pids: readonly number[], limitMs: number): Promise<void> {
  const deadline = performance.now() + limitMs;
  const cpu = async (): Promise<number[]> => Promise.all(pids.map(async (pid) => (await processFigures(pid)).cpuMs));
  let before = await cpu();
  for (let quiet = 0; quiet < QUIET_WINDOWS;) {
    if (performance.now() > deadline) throw new Error(`The services are still busy after ${String(limitMs / 1000)} s.`);
    await delay(WINDOW_MS);
    const after = await cpu();
    const isQuiet = after.every((ms, at) => ms - (before[at] ?? 0) < QUIET_SHARE * WINDOW_MS);
    quiet = isQuiet ? quiet + 1 : 0;
    before = after;
  }
}
