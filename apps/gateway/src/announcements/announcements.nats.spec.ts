import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { announcementKey, Buckets, callToken, partitionOf, Streams, Subjects } from '@interject/contracts';
import type { AnnouncementRequested, CallQuestion } from '@interject/contracts';
import type { Responder } from '@interject/messaging';
import { openMessaging } from '@interject/messaging/testing';
import type { MessagingKit } from '@interject/messaging/testing';
import { NatsServer } from '@interject/testing';
import { startGateway } from '../testing/start-gateway.js';
import type { Answer, RunningGateway } from '../testing/start-gateway.js';

const LIVE = { found: true, status: 'in-progress', floor: 'nobody', toolCalls: [], utterances: [] };

describe('announcements over HTTP', () => {
  let server: NatsServer;
  let kit: MessagingKit;
  let gateway: RunningGateway;
  let owner: Responder | undefined;
  let asked: CallQuestion[] = [];
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
    asked = [];
    callId = `call-${String((count += 1))}`;
  });
  afterAll(async () => {
    await gateway.stop();
    await kit.close();
    await server.dispose();
  });

  const post = (body: unknown, id = callId): Promise<Answer> =>
    gateway.send(`/calls/${encodeURIComponent(id)}/announcements`, body);
  const get = (id = callId): Promise<{ status: number; body: unknown }> => gateway.get(`/calls/${id}`, gateway.apiKey);

  async function own(reply: object): Promise<void> {
    const subject = Subjects.callsQuery(partitionOf(callId, kit.publisher.events.partitions));
    owner = await kit.core.respond(subject, (data) => {
      asked.push(JSON.parse(Buffer.from(data).toString()) as CallQuestion);
      return JSON.stringify(reply);
    });
  }

  async function published(id: string): Promise<AnnouncementRequested | undefined> {
    const event = kit.publisher.events.announcement({ callId, announcementId: id, text: 'x', at: 0 });
    const message = await kit.reader.last(Streams.CallEvents, event.subject);
    return message === undefined
      ? undefined
      : (JSON.parse(Buffer.from(message.data).toString()) as AnnouncementRequested);
  }

  it('asks the owner, publishes once and answers repeats alike', async () => {
    await own({ ...LIVE, admission: 'admitted' });
    const speech = { class: 'urgent', timing: 'interrupt' };
    const answer = await post({ id: 'taxi-7', text: 'Your taxi is there.', speech });
    const utteranceId = announcementKey(callId, 'taxi-7');
    expect(answer).toMatchObject({ status: 202, body: { utteranceId, announcementId: 'taxi-7', repeated: false } });
    expect(asked).toEqual([{ callId, admit: utteranceId }]);
    expect(await published('taxi-7')).toMatchObject({
      callId,
      announcementId: 'taxi-7',
      text: 'Your taxi is there.',
      speech,
    });
    const again = await post({ id: 'taxi-7', text: 'Your taxi left.' });
    expect(again).toMatchObject({ status: 202, body: { utteranceId, announcementId: 'taxi-7', repeated: true } });
    expect(await published('taxi-7')).toMatchObject({ text: 'Your taxi is there.' });
  });

  it('gives an id to one that has none', async () => {
    await own({ ...LIVE, admission: 'admitted' });
    const [first, second] = await Promise.all([post({ text: 'One.' }), post({ text: 'One.', id: null })]);
    const { announcementId, utteranceId } = first.body as { announcementId: string; utteranceId: string };
    expect(utteranceId).toBe(announcementKey(callId, announcementId));
    expect(await published(announcementId)).toMatchObject({ text: 'One.' });
    expect((second.body as { utteranceId: string }).utteranceId).not.toBe(utteranceId);
  });

  it('publishes nothing that the owner knows already', async () => {
    await own({ ...LIVE, admission: 'known' });
    expect(await post({ id: 'a', text: 'Again.' })).toMatchObject({ status: 202, body: { repeated: true } });
    expect(await published('a')).toBeUndefined();
  });

  it.each<[string, object, number, object, string | null]>([
    ['404 to an unknown call', { found: false }, 404, {}, null],
    [
      '409 to an ended call',
      { ...LIVE, status: 'ended', endedReason: 'customer-ended-call', admission: 'ended' },
      409,
      { endedReason: 'customer-ended-call' },
      null,
    ],
    ['429 when too much waits', { ...LIVE, admission: 'full' }, 429, {}, '5'],
  ])('answers %s', async (_, reply, status, body, retryAfter) => {
    await own(reply);
    const answer = await post({ id: 'a', text: 'Hello.' });
    expect(answer).toMatchObject({ status, body: { statusCode: status, message: expect.any(String), ...body } });
    expect(answer.headers.get('retry-after')).toBe(retryAfter);
    expect(await published('a')).toBeUndefined();
  });

  it('answers by the summary of an ended call, with an owner or without: what was said is known', async () => {
    const said = announcementKey(callId, 'said');
    const summary = {
      ...LIVE,
      callId,
      status: 'ended',
      endedReason: 'silence-timed-out',
      utterances: [{ utteranceId: said }],
    };
    await kit.kv.bucket(Buckets.Calls).put(callToken(callId), JSON.stringify(summary));
    for (const isOwned of [false, true]) {
      if (isOwned) await own({ found: false });
      expect(await post({ id: 'said', text: 'Hello.' })).toMatchObject({
        status: 202,
        body: { utteranceId: said, repeated: true },
      });
      expect(await post({ id: 'new', text: 'Hello.' })).toMatchObject({
        status: 409,
        body: { endedReason: 'silence-timed-out' },
      });
      expect(await get()).toEqual({ status: 200, body: summary });
    }
    expect(await published('new')).toBeUndefined();
  });

  it('answers 503 and when to come again while nobody owns the call', async () => {
    const answer = await post({ text: 'Hello.' });
    expect(answer).toMatchObject({ status: 503, body: { code: 'no-responder' } });
    expect(answer.headers.get('retry-after')).toBe('1');
    expect((await get()).status).toBe(503);
  });

  it('shows a live call as its owner tells it', async () => {
    const state = { ...LIVE, callId, utterances: [{ utteranceId: 'u1', state: 'held', anything: ['of', 'tomorrow'] }] };
    await own(state);
    expect(await get()).toEqual({ status: 200, body: state });
    expect(asked).toEqual([{ callId }]);
  });

  it('answers 404 to a call that nobody knows, and to an id that cannot be one', async () => {
    await own({ found: false });
    expect((await get()).status).toBe(404);
    // Longer than any id of a webhook.
    expect((await get('x'.repeat(600))).status).toBe(404);
    expect((await post({ text: 'Hello.' }, 'x'.repeat(600))).status).toBe(404);
  });

  it('takes foreign ids as they are', async () => {
    callId = 'a b/ü\r\n*.>';
    await own({ ...LIVE, admission: 'admitted' });
    const id = 'line\nbreak.*.>';
    expect(await post({ id, text: 'Hello.' })).toMatchObject({ status: 202, body: { announcementId: id } });
    expect(await published(id)).toMatchObject({ callId, announcementId: id });
  });

  it('refuses what does not fit with all problems, and strangers before anything is asked', async () => {
    await own({ ...LIVE, admission: 'admitted' });
    const answer = await post({ txt: 'Hello.', speech: { timing: 'soon' } });
    expect(answer.status).toBe(400);
    expect((answer.body as { problems: string[] }).problems).toEqual(
      expect.arrayContaining([
        'txt is not known here',
        expect.stringMatching(/^speech\.timing/),
        expect.stringMatching(/^text/),
      ]),
    );
    expect((await post('{"text":')).status).toBe(400);
    expect((await gateway.send(`/calls/${callId}/announcements`, { text: 'Hi.' }, 'wrong-key')).status).toBe(401);
    expect(asked).toEqual([]);
  });

  it('takes a body of 64 KB and no more', async () => {
    await own({ ...LIVE, admission: 'admitted' });
    const body = (bytes: number): string => `{"text":"Hello."${' '.repeat(bytes - 17)}}`;
    expect((await post(body(64 * 1024))).status).toBe(202);
    expect((await post(body(64 * 1024 + 1))).status).toBe(413);
  });

  it('counts what became of them', async () => {
    const counted = [...(await gateway.metrics()).matchAll(/interject_announcements_total\{outcome="([\w-]+)"\}/g)];
    expect(counted.map(([, outcome]) => outcome).sort()).toEqual([
      'accepted',
      'ended',
      'full',
      'invalid',
      'repeated',
      'unavailable',
      'unknown-call',
    ]);
  });
});
