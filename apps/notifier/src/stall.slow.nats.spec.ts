import { randomUUID } from 'node:crypto';
import { openMessaging } from '@interject/messaging/testing';
import type { MessagingKit } from '@interject/messaging/testing';
import { aToolCall, eventually, startNatsServer } from '@interject/testing';
import type { NatsServer } from '@interject/testing';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Lane } from './lane.js';
import { ControlEndpoint, PlayedCall, startNotifier } from './notifier.spec-kit.js';
import type { RunningNotifier } from './notifier.spec-kit.js';

jest.setTimeout(600_000);

const LIVE_CALLS = 50_000;
/** All leases (3 s) end meanwhile. */
const STALL_MS = 4000;

let server: NatsServer;
let kit: MessagingKit;
let endpoint: ControlEndpoint;
let notifier: RunningNotifier;

async function metric(name: string): Promise<number> {
  const text = await notifier.metrics.registry.metrics();
  return Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1] ?? NaN);
}

/** As a pause for garbage, or a machine that gives the process no time. */
function stall(): void {
  const until = performance.now() + STALL_MS;
  while (performance.now() < until);
}

/** As a machine that others load: of each 400 ms this process gets an eighth. @returns ends it */
function starve(): () => void {
  const timer = setInterval(() => {
    const until = performance.now() + 350;
    while (performance.now() < until);
  }, 400);
  return () => {
    clearInterval(timer);
  };
}

async function liveCalls(): Promise<void> {
  const { publisher } = kit;
  const { events } = publisher;
  const lane = new Lane(200);
  const one = async (): Promise<void> => {
    const callId = randomUUID();
    const at = Date.now();
    await publisher.publish(events.status({ callId, status: 'in-progress', at }));
    await publisher.publish(
      events.toolCall(aToolCall({ callId, toolCallId: 'tc', requestedAt: at, watchdogMs: 900_000 })),
    );
  };
  await Promise.all(Array.from({ length: LIVE_CALLS }, () => lane.run(one)));
}

beforeEach(async () => {
  server = await startNatsServer();
  kit = await openMessaging({ url: server.url });
  endpoint = await ControlEndpoint.start();
});
afterEach(async () => {
  await notifier.stop();
  await endpoint.close();
  await kit.close();
  await server.dispose();
});

describe('one notifier with 50,000 live calls, held up until all its leases have ended', () => {
  it.each([
    ['then left alone', () => () => undefined, 3000],
    ['then starved', starve, 15_000],
  ] as const)('serves them on, %s', async (what, begin, boundMs) => {
    await liveCalls();
    const call = new PlayedCall(kit, endpoint);
    await call.begin();
    await call.toolCall('tc');
    notifier = await startNotifier(server.url, endpoint);
    const { ownership } = notifier;
    await eventually(() => ownership.status().owned === 16, { timeoutMs: 60_000 });
    await eventually(() => ownership.callCount === LIVE_CALLS + 1, { timeoutMs: 60_000 });
    await new Promise((resolve) => setTimeout(resolve, 5000));
    stall();
    const feed = begin();
    const startedAt = performance.now();
    await call.result('tc', 'Now.');
    await eventually(() => endpoint.posts.length === 1, { timeoutMs: 120_000, intervalMs: 5 });
    const saidMs = Math.round(performance.now() - startedAt);
    // A spiral would show: what is lost later would be read in again.
    await new Promise((resolve) => setTimeout(resolve, 20_000));
    feed();
    const lost = await metric('interject_partitions_lost_total');
    process.stdout.write(`${JSON.stringify({ what, saidMs, lost })}\n`);
    expect(ownership.status().owned).toBe(16);
    expect(ownership.callCount).toBe(LIVE_CALLS + 1);
    expect(lost).toBe(0);
    expect(saidMs).toBeLessThan(boundMs);
  });
});
