import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Buckets, callToken, partitionOf, Streams, Subjects } from '@interject/contracts';
import type { CancelRequested } from '@interject/contracts';
import type { Responder } from '@interject/messaging';
import { openMessaging } from '@interject/messaging/testing';
import type { MessagingKit } from '@interject/messaging/testing';
import { NatsServer } from '@interject/testing';
import { startGateway } from '../testing/start-gateway.js';
import type { Answer, RunningGateway } from '../testing/start-gateway.js';

const PENDING = { toolCallId: 'tc', tool: 'build_report', state: 'pending', requestedAt: 1 };

describe('cancelling over HTTP', () => {
  let server: NatsServer;
  let kit: MessagingKit;
  let gateway: RunningGateway;
  let owner: Responder | undefined;
  let count = 0;
  let callId = '';

  beforeAll(async () => {
    server = await NatsServer.start();
    kit = await openMessaging({ url: server.url });
    gateway = await startGateway(server.url);
  }, 20_000);
  beforeEach(async () => {
    await owner?.stop();
    owner = undefined;
    callId = `call-${String((count += 1))}`;
  });
  afterAll(async () => {
    await gateway.stop();
    await kit.close();
    await server.dispose();
  });

  async function own(...toolCalls: object[]): Promise<void> {
    const subject = Subjects.callsQuery(partitionOf(callId, kit.publisher.events.partitions));
    const state = { found: true, callId, status: 'in-progress', floor: 'nobody', toolCalls, utterances: [] };
    owner = await kit.core.respond(subject, () => JSON.stringify(state));
  }

  const post = (body: unknown = {}, toolCallId = 'tc', apiKey?: string): Promise<Answer> =>
    gateway.send(
      `/calls/${encodeURIComponent(callId)}/tool-calls/${encodeURIComponent(toolCallId)}/cancel`,
      body,
      apiKey,
    );

  async function cancelled(toolCallId = 'tc'): Promise<CancelRequested | undefined> {
    const event = kit.publisher.events.cancelRequested({ callId, toolCallId, reason: 'x', at: 0 });
    const message = await kit.reader.last(Streams.CallEvents, event.subject);
    return message === undefined ? undefined : (JSON.parse(Buffer.from(message.data).toString()) as CancelRequested);
  }

  it('publishes the wish once, and answers a repeat alike', async () => {
    await own(PENDING);
    const body = { toolCallId: 'tc', tool: 'build_report' };
    const answer = await post({ reason: 'The order was withdrawn.' });
    expect(answer).toMatchObject({ status: 202, body: { ...body, repeated: false } });
    expect(await post({ reason: 'Again.' })).toMatchObject({ status: 202, body: { ...body, repeated: true } });
    expect(await cancelled()).toMatchObject({ callId, toolCallId: 'tc', reason: 'The order was withdrawn.' });
  });

  it('needs no body', async () => {
    await own(PENDING);
    const answer = await gateway.request(`/calls/${callId}/tool-calls/tc/cancel`, {
      headers: { authorization: `Bearer ${gateway.apiKey}` },
    });
    expect(answer.status).toBe(202);
    expect(await cancelled()).toMatchObject({ reason: expect.stringMatching(/backend/) });
  });

  it('takes foreign ids as they are', async () => {
    callId = 'a b/ü\r\n*.>';
    const toolCallId = 'call_*.>/\n';
    await own({ ...PENDING, toolCallId });
    expect((await post({}, toolCallId)).status).toBe(202);
    expect(await cancelled(toolCallId)).toMatchObject({ callId, toolCallId });
  });

  it.each(['succeeded', 'failed', 'timed-out', 'cancelled', 'expired'])('answers 409 to one that %s', async (state) => {
    await own({ ...PENDING, state });
    expect(await post()).toMatchObject({ status: 409, body: { statusCode: 409, state, message: expect.any(String) } });
    expect(await cancelled()).toBeUndefined();
  });

  it('answers 404 to a call or a tool call that nobody knows', async () => {
    await own(PENDING);
    expect(await post({}, 'other')).toMatchObject({
      status: 404,
      body: { message: expect.stringMatching(/tool call/) },
    });
    await owner?.stop();
    const subject = Subjects.callsQuery(partitionOf(callId, kit.publisher.events.partitions));
    owner = await kit.core.respond(subject, () => '{"found":false}');
    expect(await post()).toMatchObject({ status: 404, body: { message: expect.stringMatching(/Nothing is known/) } });
    callId = 'x'.repeat(600);
    expect((await post()).status).toBe(404);
  });

  it('answers by the summary of a call that is over', async () => {
    const summary = { found: true, callId, status: 'ended', toolCalls: [{ ...PENDING, state: 'succeeded' }] };
    await kit.kv.bucket(Buckets.Calls).put(callToken(callId), JSON.stringify(summary));
    expect(await post()).toMatchObject({ status: 409, body: { state: 'succeeded' } });
  });

  it('answers 503 and when to come again while nobody owns the call', async () => {
    const answer = await post();
    expect(answer).toMatchObject({ status: 503, body: { code: 'no-responder' } });
    expect(answer.headers.get('retry-after')).toBe('1');
  });

  it('refuses what does not fit, and strangers', async () => {
    await own(PENDING);
    expect((await post({ reason: '' })).status).toBe(400);
    expect((await post({ raison: 'x' })).status).toBe(400);
    expect((await post('{"reason":')).status).toBe(400);
    expect((await post(`{"reason":"x"${' '.repeat(8192)}}`)).status).toBe(413);
    expect((await post({}, 'tc', 'wrong-key')).status).toBe(401);
    expect(await cancelled()).toBeUndefined();
  });

  it('counts what became of them', async () => {
    const counted = [...(await gateway.metrics()).matchAll(/interject_cancellations_total\{outcome="([\w-]+)"\}/g)];
    expect(counted.map(([, outcome]) => outcome).sort()).toEqual([
      'accepted',
      'finished',
      'invalid',
      'repeated',
      'unavailable',
      'unknown-call',
      'unknown-tool-call',
    ]);
  });
});
