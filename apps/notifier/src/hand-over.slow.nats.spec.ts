import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { openMessaging } from '@interject/messaging/testing';
import type { MessagingKit } from '@interject/messaging/testing';
import { eventually, freePort, startNatsServer } from '@interject/testing';
import type { NatsServer } from '@interject/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Lane } from './lane.js';
import { ControlEndpoint, PlayedCall } from './notifier.spec-kit.js';

jest.setTimeout(180_000);

/** Built by `npx tsc -b apps/notifier`: a signal needs a process. */
const MAIN = join(import.meta.dirname, '../dist/main.js');
const RATE = 60;
const SECONDS = 16;
const SIGNAL_AT_MS = 4000;

interface Notifier {
  readonly process: ChildProcess;
  readonly port: number;
}

let server: NatsServer;
let kit: MessagingKit;
let endpoint: ControlEndpoint;
const running: Notifier[] = [];
const measured: Record<string, unknown>[] = [];

async function start(): Promise<Notifier> {
  const port = await freePort();
  const env = {
    NATS_URL: server.url,
    NOTIFIER_MANAGEMENT_PORT: String(port),
    VAPI_CONTROL_URL_ALLOWED_ORIGINS: endpoint.origin,
    SPEECH_BLIND_HOLD_MS: '0',
    SPEECH_CONFIRM_MS: '500',
    LOG_LEVEL: 'error',
  };
  const notifier = { process: spawn(process.execPath, [MAIN], { env, stdio: ['ignore', 'inherit', 'inherit'] }), port };
  running.push(notifier);
  return notifier;
}

async function owned({ port }: Notifier): Promise<number> {
  const response = await fetch(`http://127.0.0.1:${String(port)}/health/ready`);
  const { checks } = (await response.json()) as { checks: { partitions: { owned: number } } };
  return checks.partitions.owned;
}

/** Results at a steady rate, each in a call of its own, and something happens in the middle. */
async function load(
  disturb: () => void,
): Promise<{ delays: number[]; twice: number; unsaid: number; atSignal: number; states: string[][] }> {
  const calls = Array.from({ length: RATE * SECONDS }, () => new PlayedCall(kit, endpoint));
  const lane = new Lane(100);
  await Promise.all(calls.map((call) => lane.run(() => call.begin())));
  await new Promise((resolve) => setTimeout(resolve, 1000));
  const publishedAt = new Map<string, number>();
  const startedAt = performance.now();
  let atSignal = 0;
  setTimeout(() => {
    atSignal = Date.now();
    disturb();
  }, SIGNAL_AT_MS);
  for (const [i, call] of calls.entries()) {
    const due = startedAt + (1000 * i) / RATE;
    const wait = due - performance.now();
    if (wait > 1) await new Promise((resolve) => setTimeout(resolve, wait));
    publishedAt.set(call.callId, Date.now());
    void call.result('tc', 'Ready.');
  }
  const saidIn = (): Set<string> =>
    new Set(endpoint.posts.filter(({ body }) => body['type'] === 'say').map(({ callId }) => callId));
  await eventually(() => saidIn().size === calls.length, { timeoutMs: 20_000 }).catch(() => undefined);
  const says = endpoint.posts.filter(({ body }) => body['type'] === 'say');
  const first = new Map<string, number>();
  for (const { callId, at } of says) if (!first.has(callId)) first.set(callId, at);
  const delays = [...first].map(([callId, at]) => at - (publishedAt.get(callId) ?? 0)).sort((a, b) => a - b);
  const states = await Promise.all(
    calls
      .filter(({ callId }) => !first.has(callId))
      .slice(0, 5)
      .map((call) => call.states()),
  );
  return { delays, twice: says.length - first.size, unsaid: calls.length - first.size, atSignal, states };
}

function report(what: string, outcome: Awaited<ReturnType<typeof load>>, more: object = {}): void {
  const { delays, twice, unsaid } = outcome;
  const at = (share: number): number | undefined => delays[Math.floor(share * (delays.length - 1))];
  const late = delays.filter((delay) => delay > 500).length;
  measured.push({
    what,
    p50: at(0.5),
    p99: at(0.99),
    longest: at(1),
    late,
    twice,
    unsaid,
    states: outcome.states,
    ...more,
  });
}

beforeAll(async () => {
  server = await startNatsServer();
  kit = await openMessaging({ url: server.url });
});
afterAll(async () => {
  await kit.close();
  await server.dispose();
  process.stdout.write(`${measured.map((each) => JSON.stringify(each)).join('\n')}\n`);
});
beforeEach(async () => {
  endpoint = await ControlEndpoint.start();
  const [a] = [await start(), await start()];
  await eventually(async () => (await Promise.all(running.map(owned))).every((count) => count === 8), {
    timeoutMs: 40_000,
  });
  expect(a).toBeDefined();
});
afterEach(async () => {
  for (const { process: one } of running.splice(0)) {
    if (one.exitCode !== null || one.signalCode !== null) continue;
    one.kill('SIGKILL');
    await once(one, 'exit');
  }
  await endpoint.close();
});

describe('two notifiers under a steady load', () => {
  it('say all once when one of them stops', async () => {
    const outcome = await load(() => running[0]?.process.kill('SIGTERM'));
    report('SIGTERM', outcome);
    expect(outcome).toMatchObject({ twice: 0, unsaid: 0 });
    expect(outcome.delays.at(-1)).toBeLessThan(5500);
  });

  it('go on within seconds when one of them is killed; nothing is said twice', async () => {
    const outcome = await load(() => running[0]?.process.kill('SIGKILL'));
    report('SIGKILL', outcome);
    expect(outcome.twice).toBe(0);
    expect(outcome.delays.at(-1)).toBeLessThan(5500);
  });

  it.each([1500, 6000])('say nothing twice when one of them is held for %i ms and wakes up', async (heldMs) => {
    const [held] = running;
    const outcome = await load(() => {
      held?.process.kill('SIGSTOP');
      setTimeout(() => held?.process.kill('SIGCONT'), heldMs);
    });
    report(`SIGSTOP for ${String(heldMs)} ms`, outcome);
    expect(outcome.twice).toBe(0);
    expect(outcome.delays.at(-1)).toBeLessThan(Math.max(5500, heldMs + 1500));
  });
});
