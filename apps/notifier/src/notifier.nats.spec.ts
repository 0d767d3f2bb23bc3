import { Buckets, callToken, CallEventNames, Streams, Subjects } from '@interject/contracts';
import { openMessaging } from '@interject/messaging/testing';
import type { MessagingKit } from '@interject/messaging/testing';
import { eventually, startNatsServer } from '@interject/testing';
import type { NatsServer } from '@interject/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { ControlEndpoint, PlayedCall, startNotifier } from './notifier.spec-kit.js';
import type { RunningNotifier } from './notifier.spec-kit.js';

jest.setTimeout(40_000);

let server: NatsServer;
let kit: MessagingKit;
let endpoint: ControlEndpoint;
const running: RunningNotifier[] = [];

async function start(): Promise<RunningNotifier> {
  const notifier = await startNotifier(server.url, endpoint);
  running.push(notifier);
  return notifier;
}

async function isServing(notifier: RunningNotifier, owned: number, timeoutMs = 10_000): Promise<void> {
  await eventually(() => notifier.ownership.status().owned === owned, { timeoutMs });
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
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((notifier) => notifier.stop()));
  await endpoint.close();
});

describe('a notifier', () => {
  it('says a result, follows it until it was heard, and keeps a summary of the call', async () => {
    const notifier = await start();
    await isServing(notifier, 16);
    const call = new PlayedCall(kit, endpoint);
    endpoint.onPost = (_post, respond) => {
      respond(200);
      call.floor('assistant', 'started');
      setTimeout(() => {
        call.floor('assistant', 'stopped');
      }, 200);
    };
    await call.begin();
    call.floor('caller', 'started');
    await call.toolCall('tc');
    call.floor('caller', 'stopped');
    await call.result('tc', 'Your report is ready.');
    await eventually(async () => (await call.states()).includes('tc heard'));
    expect(await call.states()).toEqual(['tc sending', 'tc heard']);
    expect(endpoint.posts.map((post) => post.body)).toEqual([
      {
        type: 'say',
        content: 'Your report is ready.',
        interruptAssistantEnabled: false,
        interruptionsEnabled: true,
        endCallAfterSpoken: false,
      },
    ]);
    expect(await call.query()).toMatchObject({
      status: 'in-progress',
      utterances: [{ state: 'heard', toolCallId: 'tc' }],
    });

    await call.end();
    const summary = await eventually(() => kit.kv.bucket(Buckets.Calls).get(callToken(call.callId)));
    expect(JSON.parse(Buffer.from(summary.value).toString())).toMatchObject({
      status: 'ended',
      toolCalls: [{ toolCallId: 'tc', state: 'succeeded' }],
      utterances: [{ state: 'heard' }],
    });
    await eventually(async () => (await call.query())['found'] === false);
    expect(await kit.kv.bucket(Buckets.Control).get(callToken(call.callId))).toBeUndefined();
    expect(await notifier.metrics.registry.metrics()).toContain(
      'interject_tool_call_to_heard_seconds_count{tool="build_report",outcome="succeeded"} 1',
    );
  });

  it('publishes that a result came after the end, and adds it to the summary', async () => {
    await isServing(await start(), 16);
    const call = new PlayedCall(kit, endpoint);
    await call.begin();
    await call.end();
    await eventually(() => kit.kv.bucket(Buckets.Calls).get(callToken(call.callId)));
    await call.result('late', 'Too late.');
    await eventually(async () => (await call.states()).includes('late undelivered'));
    const { utteranceId } = (await call.records())[0] ?? { utteranceId: '' };
    const subject = Subjects.callEvent(call.partition, callToken(call.callId), CallEventNames.Undelivered, utteranceId);
    const event = await eventually(() => kit.reader.last(Streams.CallEvents, subject));
    expect(JSON.parse(Buffer.from(event.data).toString())).toMatchObject({ reason: 'call-ended', text: 'Too late.' });
    expect(endpoint.posts).toEqual([]);
    await eventually(async () => {
      const entry = await kit.kv.bucket(Buckets.Calls).get(callToken(call.callId));
      return Buffer.from(entry?.value ?? '')
        .toString()
        .includes('late');
    });
  });

  it('does not let a slow control URL delay other calls', async () => {
    await isServing(await start(), 16);
    const slow = new PlayedCall(kit, endpoint);
    const quick = new PlayedCall(kit, endpoint);
    endpoint.onPost = (post, respond) => {
      if (post.callId === quick.callId) respond(200);
    };
    for (const call of [slow, quick]) await call.begin();
    await slow.result('a', 'Slow.');
    await eventually(() => endpoint.said(slow.callId).length === 1);
    const askedAt = Date.now();
    await quick.result('b', 'Quick.');
    await eventually(() => endpoint.said(quick.callId).length === 1);
    expect(Date.now() - askedAt).toBeLessThan(1500);
  });

  it('refuses what it cannot read, and goes on', async () => {
    const notifier = await start();
    await isServing(notifier, 16);
    const call = new PlayedCall(kit, endpoint);
    await call.begin();
    const bad = kit.publisher.events.result({
      callId: call.callId,
      toolCallId: 'bad',
      tool: 'x',
      outcome: 'succeeded',
      attempts: -1,
      requestedAt: 0,
      at: 0,
    });
    await kit.publisher.publish(bad);
    const { subject } = kit.publisher.events.announcement({
      callId: call.callId,
      announcementId: 'odd',
      text: 'x',
      at: 0,
    });
    const elsewhere = {
      ...kit.publisher.events.announcement({ callId: 'other', announcementId: 'odd', text: 'x', at: 0 }),
      subject,
    };
    if (kit.publisher.events.announcement(elsewhere.data).subject.split('.')[1] !== subject.split('.')[1])
      await kit.publisher.publish(elsewhere);
    await call.result('good', 'Good.');
    await eventually(() => endpoint.said(call.callId).length === 1);
    expect(await notifier.metrics.registry.metrics()).toMatch(
      /interject_facts_refused_total\{stream="CALL_EVENTS"\} [12]/,
    );
  });
});

describe('several notifiers', () => {
  it('share the partitions, and take over those of one that stops', async () => {
    const first = await start();
    await isServing(first, 16);
    const second = await start();
    await isServing(second, 8, 15_000);
    await isServing(first, 8);
    const stoppedAt = Date.now();
    await first.stop();
    await isServing(second, 16, 5000);
    expect(Date.now() - stoppedAt).toBeLessThan(5000);
  });

  it('do not repeat what one was saying when it was killed, and say what it had not begun', async () => {
    const first = await start();
    await isServing(first, 16);
    const call = new PlayedCall(kit, endpoint);
    endpoint.onPost = () => undefined;
    await call.begin();
    await call.toolCall('one');
    await call.toolCall('two');
    await call.result('one', 'In flight.');
    await eventually(() => endpoint.said(call.callId).length === 1);
    await call.result('two', 'Waiting.');
    const second = await start();
    await first.crash();
    const killedAt = Date.now();
    endpoint.onPost = (_post, respond) => {
      respond(200);
    };
    await eventually(() => endpoint.said(call.callId).length === 2, { timeoutMs: 10_000 });
    expect(Date.now() - killedAt).toBeLessThan(5000);
    await isServing(second, 16);
    await eventually(async () => (await call.states()).includes('two unconfirmed'));
    expect(endpoint.said(call.callId)).toEqual(['In flight.', 'Waiting.']);
    expect(await call.states()).toEqual(['one sending', 'one unconfirmed', 'two sending', 'two unconfirmed']);
  });

  it('serve again after a restart of the broker', async () => {
    const notifier = await start();
    await isServing(notifier, 16);
    const call = new PlayedCall(kit, endpoint);
    await call.begin();
    await call.toolCall('tc');
    await server.restart();
    await eventually(() => kit.connection.isConnected);
    await eventually(async () => {
      await call.result('tc', 'Still here.');
      return true;
    });
    await eventually(() => endpoint.said(call.callId).length === 1, { timeoutMs: 15_000 });
    expect(endpoint.said(call.callId)).toEqual(['Still here.']);
  });
});
