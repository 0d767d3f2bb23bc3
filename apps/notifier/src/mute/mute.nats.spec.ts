import { Buckets, callToken, MuteKeys, Subjects } from '@interject/contracts';
import type { PartitionState, UtteranceUndelivered } from '@interject/contracts';
import { openMessaging } from '@interject/messaging/testing';
import type { MessagingKit } from '@interject/messaging/testing';
import { eventually, NatsServer } from '@interject/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { ControlEndpoint, PlayedCall, startNotifier } from '../notifier.spec-kit.js';
import type { RunningNotifier } from '../notifier.spec-kit.js';

jest.setTimeout(40_000);

const TEXT = 'Your report is ready.';

let server: NatsServer;
let kit: MessagingKit;
let endpoint: ControlEndpoint;
const running: RunningNotifier[] = [];

async function start(): Promise<RunningNotifier> {
  const notifier = await startNotifier(server.url, endpoint);
  running.push(notifier);
  await eventually(() => notifier.ownership.status().owned === 16, { timeoutMs: 15_000 });
  return notifier;
}
const settings = () => kit.kv.bucket(Buckets.Settings);
const muteAll = () => settings().put(MuteKeys.all, JSON.stringify({ at: Date.now() }));
const muteCalls = (...callIds: string[]) =>
  settings().put(MuteKeys.calls, JSON.stringify({ calls: callIds.map((callId) => ({ callId, at: Date.now() })) }));

async function stateOf(partition: number, list = 10): Promise<PartitionState> {
  const answer = await kit.core.request(Subjects.callsQuery(partition), JSON.stringify({ list }), 500);
  return JSON.parse(Buffer.from(answer).toString()) as PartitionState;
}

/** A call with a result that is due. */
async function withResult(toolCallId = 'tc'): Promise<PlayedCall> {
  const call = new PlayedCall(kit, endpoint);
  await call.begin();
  await call.toolCall(toolCallId);
  await call.result(toolCallId, TEXT);
  return call;
}
/** Waits until the owner knows of its result. */
async function isWaiting(call: PlayedCall): Promise<void> {
  await eventually(async () => {
    const { utterances } = (await call.query()) as { utterances?: { waitsFor?: string }[] };
    return utterances?.[0]?.waitsFor === 'muted';
  });
}

beforeAll(async () => {
  server = await NatsServer.start();
  kit = await openMessaging({ url: server.url });
});
afterAll(async () => {
  await kit.close();
  await server.dispose();
});
beforeEach(async () => {
  endpoint = await ControlEndpoint.start();
});
afterEach(async () => {
  await settings().delete(MuteKeys.all);
  await Promise.all(running.splice(0).map((notifier) => notifier.stop()));
  await endpoint.close();
});

describe('a notifier whose speech is switched off', () => {
  it('says nothing until it is switched on, and shows it', async () => {
    const { metrics } = await start();
    await muteAll();
    await eventually(async () => (await stateOf(0, 0)).mute.all, { timeoutMs: 1000, intervalMs: 20 });
    const call = await withResult();
    await isWaiting(call);
    expect(await stateOf(call.partition)).toMatchObject({
      total: 1,
      calls: [{ callId: call.callId, status: 'in-progress', waitingUtterances: 1, waitsFor: 'muted', isMuted: true }],
    });
    expect(await metrics.registry.metrics()).toContain('interject_speech_muted 1');
    expect(await call.records()).toEqual([]);
    await settings().delete(MuteKeys.all);
    await eventually(() => endpoint.said(call.callId).length === 1, { timeoutMs: 2000 });
    expect((await stateOf(0, 0)).mute).toEqual({ all: false, calls: 0 });
    await call.end();
  });

  it('stays so through restarts of notifiers and of NATS', async () => {
    const first = await start();
    await muteAll();
    const call = await withResult();
    await isWaiting(call);
    await first.crash();
    running.splice(0);
    await server.restart();
    await eventually(() => kit.connection.isConnected, { timeoutMs: 10_000 });
    await eventually(() => settings().get(MuteKeys.all), { timeoutMs: 10_000 });
    await start();
    await isWaiting(call);
    expect(endpoint.posts).toEqual([]);
    await settings().delete(MuteKeys.all);
    await eventually(() => endpoint.said(call.callId).length === 1, { timeoutMs: 5000 });
    await call.end();
  });

  it('is so in one call alone, and what that call misses is recorded as undelivered', async () => {
    await start();
    const muted = new PlayedCall(kit, endpoint);
    await muteCalls(muted.callId);
    await muted.begin();
    await muted.toolCall('tc');
    await muted.result('tc', TEXT);
    const other = await withResult();
    await eventually(() => endpoint.said(other.callId).length === 1, { timeoutMs: 5000 });
    await isWaiting(muted);
    await muted.end();
    const [record] = await eventually(async () => {
      const records = await muted.records();
      return records.length > 0 ? records : undefined;
    });
    expect(record).toMatchObject({ state: 'undelivered', reason: 'muted' });
    const event = await eventually(() =>
      kit.reader.last('CALL_EVENTS', Subjects.callEvent(muted.partition, callToken(muted.callId), 'undelivered', '*')),
    );
    expect(JSON.parse(Buffer.from(event.data).toString()) as UtteranceUndelivered).toMatchObject({
      reason: 'muted',
      text: TEXT,
    });
    expect(endpoint.said(muted.callId)).toEqual([]);
    await muteCalls();
    await other.end();
  });
});
