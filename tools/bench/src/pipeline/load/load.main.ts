import { setTimeout as delay } from 'node:timers/promises';
import { optionsFromParent, serveParent } from '../process/parent-link.js';
import { arrivalTimes } from './arrivals.js';
import type { IntroduceAnswer, LoadAnswer, LoadAsk, LoadOptions, LoadPhase } from './load.types.js';
import { monotonicMs } from './monotonic.js';
import { pace } from './pacer.js';
import { WebhookBodies } from './webhook-bodies.js';
import { WebhookClient } from './webhook-client.js';

/** Webhooks under way at once while calls are made known; that is not measured, and must not overrun anybody. */
const INTRODUCED_AT_ONCE = 24;
/** One that is refused comes again, as from Vapi. */
const INTRODUCTION_TRIES = 5;
const INTRODUCTION_PAUSE_MS = 300;
/** From the order to the first arrival. */
const LEAD_MS = 100;

const options = optionsFromParent<LoadOptions>();
const client = new WebhookClient(options.webhookUrl, options.headers);
const bodies = new WebhookBodies(options.run, options.sinkOrigin);

async function introduce(from: number, count: number): Promise<IntroduceAnswer> {
  let next = from;
  let failures = 0;
  const takeTurns = async (): Promise<void> => {
    while (next < from + count) {
      const index = next;
      next += 1;
      if (!(await postUntilTaken(() => bodies.inProgress(index)))) failures += 1;
      if (!(await postUntilTaken(() => bodies.assistantStopped(index)))) failures += 1;
    }
  };
  await Promise.all(Array.from({ length: INTRODUCED_AT_ONCE }, takeTurns));
  return { failures };
}

async function postUntilTaken(body: () => string): Promise<boolean> {
  for (let tries = 1; tries <= INTRODUCTION_TRIES; tries += 1) {
    if (await client.post(body())) return true;
    await delay(INTRODUCTION_PAUSE_MS);
  }
  return false;
}

/** Sends each body when it is due; resolves when all are answered. */
async function sendAll(
  dueAt: Float64Array,
  bodyOf: (at: number) => string,
): Promise<Pick<LoadAnswer, 'sentAt' | 'answeredAt'>> {
  const sentAt = new Float64Array(dueAt.length);
  const answeredAt = new Float64Array(dueAt.length);
  let open = dueAt.length;
  let sent = 0;
  await new Promise<void>((resolve, reject) => {
    if (open === 0) resolve();
    pace(dueAt, (count) => {
      for (; sent < count; sent += 1) {
        const at = sent;
        sentAt[at] = monotonicMs();
        client.send(bodyOf(at), (time) => {
          answeredAt[at] = time;
          open -= 1;
          if (open === 0) resolve();
        });
      }
    }).catch(reject);
  });
  return { sentAt, answeredAt };
}

async function runPhase({ from, seed, rate, seconds, flood }: LoadPhase): Promise<LoadAnswer> {
  const startAt = monotonicMs() + LEAD_MS;
  const schedule = (label: string, perSecond: number): Float64Array =>
    arrivalTimes(label, perSecond, seconds).map((due) => startAt + due);
  const dueAt = schedule(seed, rate);
  const flooded = schedule(`${seed}/flood`, flood?.rate ?? 0);
  const [toolCalls, updates] = await Promise.all([
    sendAll(dueAt, (at) => bodies.toolCalls(from + at)),
    sendAll(flooded, (at) => bodies.assistantStopped((flood?.from ?? 0) + (at % (flood?.calls ?? 1)))),
  ]);
  return { dueAt, ...toolCalls, floodFailures: updates.answeredAt.filter(Number.isNaN).length };
}

serveParent(undefined, async (ask) => {
  const asked = ask as LoadAsk;
  return asked.kind === 'introduce' ? introduce(asked.from, asked.count) : runPhase(asked);
});
