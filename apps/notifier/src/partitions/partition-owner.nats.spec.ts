import { EventTypes, Subjects } from '@interject/contracts';
import type { UtteranceBatch, UtteranceRecord } from '@interject/contracts';
import { openMessaging } from '@interject/messaging/testing';
import type { MessagingKit } from '@interject/messaging/testing';
import { Log, Metrics, SystemClock } from '@interject/observability';
import { aResult, eventually, startNatsServer } from '@interject/testing';
import type { NatsServer } from '@interject/testing';
import { ControlClient } from '@interject/vapi';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { toolsOf } from '../assemble-ownership.js';
import { NotifierMetrics } from '../notifier-metrics.js';
import { ControlEndpoint, PlayedCall, QUICK } from '../notifier.spec-kit.js';
import { Lease } from './lease.js';
import { PartitionOwner } from './partition-owner.js';

let server: NatsServer;
let kit: MessagingKit;
let endpoint: ControlEndpoint;
let call: PlayedCall;
const owners: PartitionOwner[] = [];
const used = new Set<number>();
let revision = 0;

class EndlessLease extends Lease {
  override get maySpeak(): boolean {
    return this.isHeld;
  }
}

/** Serves the call's partition without leases: what is left is the fence of the log. */
async function serve(): Promise<{ owner: PartitionOwner; lost: () => boolean }> {
  const clock = new SystemClock();
  const control = new ControlClient({ allowedOrigins: [endpoint.origin], timeoutMs: 2000 });
  const metrics = new NotifierMetrics(new Metrics());
  const tools = toolsOf({ ...kit, notifier: 'spec', settings: QUICK, control, metrics, clock, log: Log.silent() });
  let isLost = false;
  revision += 1;
  const owner = new PartitionOwner(new EndlessLease(call.partition, revision, clock.monotonic(), clock), tools, () => {
    isLost = true;
  });
  owners.push(owner);
  await owner.start();
  return { owner, lost: () => isLost };
}

async function appendAs(
  owner: string,
  records: UtteranceRecord[],
  checkpoint = { toolCalls: 1, callEvents: 1, utterances: 1 },
): Promise<void> {
  const subject = Subjects.utterances(call.partition);
  const last = await kit.reader.last('UTTERANCES', subject);
  const data: UtteranceBatch = { owner, kind: records.length === 0 ? 'owner-changed' : 'records', checkpoint, records };
  await kit.appendLog.append(subject, last?.sequence ?? 0, {
    type: EventTypes.Utterances,
    data,
    id: `${owner}.${String(Math.random())}`,
  });
}

function callWhere(fits: (partition: number) => boolean): PlayedCall {
  for (;;) {
    const played = new PlayedCall(kit, endpoint);
    if (fits(played.partition)) return played;
  }
}

async function lastBatch(): Promise<UtteranceBatch> {
  const last = await kit.reader.last('UTTERANCES', Subjects.utterances(call.partition));
  return JSON.parse(Buffer.from(last?.data ?? '').toString()) as UtteranceBatch;
}

beforeAll(async () => {
  server = await startNatsServer();
  kit = await openMessaging({ url: server.url });
});
afterAll(async () => {
  await kit.close();
  await server.dispose();
});
beforeEach(async () => {
  endpoint = await ControlEndpoint.start();
  // What a call of another test left open would hold back the checkpoint.
  call = callWhere((partition) => !used.has(partition));
  used.add(call.partition);
  await call.begin();
});
afterEach(async () => {
  await Promise.all(owners.splice(0).map((owner) => owner.stop()));
  await endpoint.close();
});

describe('PartitionOwner', () => {
  it('drops everything and sends nothing once somebody else wrote to the log', async () => {
    const { owner, lost } = await serve();
    await appendAs('another', []);
    await call.result('tc', 'Not by this one.');
    await eventually(lost);
    expect(owner.isLive).toBe(false);
    expect(owner.callCount).toBe(0);
    expect(endpoint.posts).toEqual([]);
    expect(await call.states()).toEqual([]);
  });

  it('says nothing of a failure that the caller has cancelled, nor does its successor; what was done it says', async () => {
    const { publisher } = kit;
    const { callId } = call;
    await serve();
    for (const toolCallId of ['failing', 'done']) {
      await call.toolCall(toolCallId);
      const cancel = publisher.events.cancelRequested({ callId, toolCallId, reason: 'the caller', at: Date.now() });
      await publisher.publish(cancel);
    }
    await publisher.publish(
      publisher.events.progress({
        callId,
        toolCallId: 'failing',
        tool: 'build_report',
        text: 'Hm.',
        sequence: 1,
        at: 1,
      }),
    );
    const failed = aResult({ callId, toolCallId: 'failing', outcome: 'failed', text: 'It failed.' });
    const ask = async (): Promise<{ toolCalls: object[] }> => {
      const question = JSON.stringify({ callId, withProgress: true });
      const answer = await kit.core.request(Subjects.callsQuery(call.partition), question, 500);
      return JSON.parse(Buffer.from(answer).toString()) as { toolCalls: object[] };
    };
    const pending = { state: 'pending', cancelRequestedAt: expect.any(Number) };
    await eventually(async () => JSON.stringify(await ask()).includes('Hm.'));
    expect((await ask()).toolCalls).toMatchObject([
      { ...pending, toolCallId: 'failing', progress: 'Hm.' },
      { ...pending, toolCallId: 'done' },
    ]);
    expect(JSON.stringify(await call.query())).not.toContain('Hm.');
    await publisher.publish(publisher.events.result(failed));
    const second = await serve();
    await call.result('done', 'It is booked.');
    await eventually(async () => (await call.states()).includes('done unconfirmed'));
    expect(second.lost()).toBe(false);
    expect(endpoint.said(callId)).toEqual(['It is booked.']);
    expect((await ask()).toolCalls).toMatchObject([{ state: 'failed' }, { state: 'succeeded' }]);
  });

  it('fences its predecessor, which then says nothing, and says it itself', async () => {
    const first = await serve();
    const second = await serve();
    await call.result('tc', 'Once.');
    await eventually(first.lost);
    await eventually(async () => (await call.states()).includes('tc unconfirmed'));
    expect(second.lost()).toBe(false);
    expect(endpoint.said(call.callId)).toEqual(['Once.']);
  });

  it('ends what a predecessor left at "sending" as unconfirmed, even if nothing else is known of it', async () => {
    const record: UtteranceRecord = {
      utteranceId: 'gone',
      callId: call.callId,
      source: 'result',
      class: 'result',
      state: 'sending',
      attempt: 1,
      toolCallId: 'gone',
      times: { queuedAt: 1, sendingAt: 2 },
    };
    await appendAs('predecessor', [record]);
    await serve();
    await eventually(async () => (await call.states()).includes('gone unconfirmed'));
    expect(endpoint.said(call.callId)).toEqual([]);
  });

  it('writes a checkpoint from which a successor finds the open call, and no more', async () => {
    await serve();
    const done = callWhere((partition) => partition === call.partition);
    await done.begin();
    await eventually(async () => (await done.query())['found'] === true);
    await done.end();
    // Closed, or the next checkpoint stays before it.
    await eventually(async () => (await done.query())['found'] === false);
    await call.toolCall('open');
    await call.result('said', 'Said.');
    await eventually(async () => (await call.states()).includes('said unconfirmed'));
    const { checkpoint } = await lastBatch();
    const status = await kit.reader.last('CALL_EVENTS', `calls.${String(call.partition)}.*.status`);
    expect(checkpoint.callEvents).toBeGreaterThan(1);
    expect(checkpoint.callEvents).toBeLessThanOrEqual(status?.sequence ?? 0);

    await owners.splice(0)[0]?.stop();
    await serve();
    expect(await call.query()).toMatchObject({
      status: 'in-progress',
      toolCalls: [
        { toolCallId: 'open', state: 'pending' },
        { toolCallId: 'said', state: 'succeeded' },
      ],
      utterances: [{ toolCallId: 'said', state: 'unconfirmed' }],
    });
    await call.result('open', 'Now.');
    await eventually(() => endpoint.said(call.callId).length === 2);
    expect(endpoint.said(call.callId)).toEqual(['Said.', 'Now.']);
  });

  it('finds the status and the plan of a call that it does not remember', async () => {
    // A checkpoint behind everything: as if the call had been quiet for long.
    const toolCall = await call.toolCall('old');
    expect(toolCall).toBeUndefined();
    const last = await kit.reader.last('CALL_EVENTS', 'calls.>');
    const behind = (last?.sequence ?? 0) + 1;
    await appendAs('predecessor', [], { toolCalls: 1_000_000, callEvents: behind, utterances: 1 });
    await serve();
    await call.result('old', 'Remembered.');
    await eventually(() => endpoint.said(call.callId).length === 1);
  });

  it('does not answer for a call it does not know', async () => {
    await serve();
    expect(await call.query()).toMatchObject({ found: true });
    expect(await kit.core.request(Subjects.callsQuery(call.partition), '{"callId":"unknown"}', 500)).toEqual(
      Buffer.from('{"found":false}'),
    );
  });
});
