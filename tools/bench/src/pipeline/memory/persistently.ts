import { setTimeout as delay } from 'node:timers/promises';

const TRIES = 40;
const PAUSE_MS = 250;

/** Tries again, as Vapi does: a busy machine refuses for a moment. @throws Error with `message` when it never works */
export async function persistently(message: string, work: () => Promise<boolean>): Promise<void> {
  for (let tried = 0; tried < TRIES; tried += 1) {
    if (await work()) return;
    await delay(PAUSE_MS);
  }
  throw new Error(message);
}
