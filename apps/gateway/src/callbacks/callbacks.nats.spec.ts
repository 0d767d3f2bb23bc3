import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { Writable } from 'node:stream';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { signCallbackToken, Streams } from '@interject/contracts';
import type { CallbackSubject, ToolCallCalledBack } from '@interject/contracts';
import { openMessaging } from '@interject/messaging/testing';
import type { MessagingKit } from '@interject/messaging/testing';
import { Log, SystemClock } from '@interject/observability';
import { aResult, eventually, NatsServer } from '@interject/testing';
import { startGateway } from '../testing/start-gateway.js';
import type { Answer, RunningGateway } from '../testing/start-gateway.js';
import {
  CALLBACK_BODY_MS,
  CLOCK_SKEW_MS,
  MAX_CALLBACKS_AT_A_TIME,
  MAX_CALLBACKS_OF_ONE,
} from './callbacks.constants.js';

const SECRET = 'a callback secret of this spec';
/** How long a body may take in this spec. */
const BODY_MS = 3000;

/** Impatient with bodies, as patient as ever with everything else. */
class ImpatientClock extends SystemClock {
  override setTimeout(run: () => void, delayMs: number): unknown {
    return super.setTimeout(run, delayMs === CALLBACK_BODY_MS ? BODY_MS : delayMs);
  }
}

const JSON_TYPE = { 'content-type': 'application/json' };

describe('callbacks of backends', () => {
  let server: NatsServer;
  let kit: MessagingKit;
  let gateway: RunningGateway;
  let logged = '';
  let count = 0;
  let subject: CallbackSubject;

  beforeAll(async () => {
    server = await NatsServer.start();
    kit = await openMessaging({ url: server.url });
    const destination = new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        logged += chunk.toString();
        done();
      },
    });
    const log = Log.create({ service: 'spec', level: 'trace', destination });
    gateway = await startGateway(server.url, { callbackSecret: SECRET, log, clock: new ImpatientClock() });
  }, 20_000);
  beforeEach(() => {
    count += 1;
    subject = {
      callId: `call-${String(count)}`,
      toolCallId: 'tc',
      tool: 'build_report',
      expiresAt: Date.now() + 60_000,
    };
  });
  afterAll(async () => {
    await gateway.stop();
    await kit.close();
    await server.dispose();
  });

  const token = (more: Partial<CallbackSubject> = {}): string => signCallbackToken(SECRET, { ...subject, ...more });
  const post = (body?: unknown, path = `/callbacks/${token()}`): Promise<Answer> =>
    gateway.request(path, body === undefined ? {} : { body: JSON.stringify(body), headers: JSON_TYPE });
  const failure = (body?: unknown): Promise<Answer> => post(body, `/callbacks/${token()}/failure`);

  async function published(): Promise<ToolCallCalledBack | undefined> {
    const event = kit.publisher.events.calledBack({ ...subject, outcome: 'failed', at: 0 });
    const message = await kit.reader.last(Streams.CallEvents, event.subject);
    return message === undefined ? undefined : (JSON.parse(Buffer.from(message.data).toString()) as ToolCallCalledBack);
  }

  it('become an event, once: the first one wins', async () => {
    expect(await post({ total: 7 })).toMatchObject({ status: 200, body: { status: 'accepted' } });
    const { expiresAt: _, ...event } = subject;
    expect(await published()).toEqual({ ...event, outcome: 'succeeded', data: { total: 7 }, at: expect.any(Number) });
    expect(await post({ total: 8 })).toMatchObject({ status: 200, body: { status: 'known' } });
    expect(await failure('x')).toMatchObject({ status: 200, body: { status: 'known' } });
    expect(await published()).toMatchObject({ outcome: 'succeeded', data: { total: 7 } });
  });

  it('may tell of a failure', async () => {
    expect((await failure({ code: 'sold-out' })).body).toEqual({ status: 'accepted' });
    expect(await published()).toMatchObject({ outcome: 'failed', data: { code: 'sold-out' } });
  });

  it('that come at the same time count as one, and all are taken note of when sent again', async () => {
    const send = async (n: number): Promise<Answer> => (n % 2 === 0 ? post({ n }) : failure({ n }));
    const answers = await Promise.all(Array.from({ length: 20 }, (_, n) => send(n)));
    const statuses = answers.map(({ status, body }) =>
      status === 429 ? 'busy' : (body as { readonly status: string }).status,
    );
    expect(statuses.filter((status) => status === 'accepted')).toHaveLength(1);
    expect(statuses.filter((status) => !['accepted', 'known', 'busy'].includes(status))).toEqual([]);
    expect(statuses.filter((status) => status !== 'busy').length).toBeGreaterThanOrEqual(MAX_CALLBACKS_OF_ONE);
    const again = await Promise.all(Array.from({ length: 20 }, (_, n) => send(n)));
    expect(again.map(({ body }) => (body as { readonly status: string }).status)).toEqual(Array(20).fill('known'));
  });

  it.each<[string, RequestInit, unknown]>([
    ['nothing', {}, undefined],
    ['nothing, said to be JSON', { headers: JSON_TYPE, body: '' }, undefined],
    ['nothing, said to be a form', { headers: { 'content-type': 'application/x-www-form-urlencoded' } }, undefined],
    ['text', { headers: { 'content-type': 'text/plain' }, body: 'It is done.' }, 'It is done.'],
    ['an array', { headers: JSON_TYPE, body: '[1,2]' }, [1, 2]],
    ['JSON of a kind', { headers: { 'content-type': 'application/vnd.x+json' }, body: '{"a":1}' }, { a: 1 }],
    ['bytes that do not say what they are', { headers: {}, body: Buffer.from('{"a":1}') }, { a: 1 }],
  ])('may bring %s', async (_, init, data) => {
    const answer = await gateway.request(`/callbacks/${token()}`, init);
    expect(answer).toMatchObject({ status: 200, body: { status: 'accepted' } });
    expect((await published())?.data).toEqual(data);
  });

  it.each<[string, RequestInit, number, RegExp]>([
    ['a form', { body: new URLSearchParams({ a: '1' }) }, 415, /forms are not read/],
    ['XML', { headers: { 'content-type': 'text/xml' }, body: '<a/>' }, 415, /Send JSON/],
    ['broken JSON', { headers: JSON_TYPE, body: '{"a":' }, 400, /JSON/],
    ['deep JSON', { headers: JSON_TYPE, body: '['.repeat(1000) + ']'.repeat(1000) }, 400, /nested/],
    ['over 256 KB', { headers: JSON_TYPE, body: JSON.stringify('x'.repeat(256 * 1024)) }, 413, /large/i],
    ['less, but over 256 KB as JSON', { headers: JSON_TYPE, body: `[${'1e20,'.repeat(40_000)}1]` }, 413, /256 KB/],
  ])('that bring %s are refused, and may be sent again', async (_, init, status, message) => {
    const answer = await gateway.request(`/callbacks/${token()}`, init);
    expect(answer).toMatchObject({ status, body: { statusCode: status, message: expect.stringMatching(message) } });
    expect(await published()).toBeUndefined();
    expect((await post({ total: 7 })).body).toEqual({ status: 'accepted' });
  });

  it('of 256 KB are taken', async () => {
    expect((await post('x'.repeat(256 * 1024 - 2))).status).toBe(200);
  });

  it('of strangers are refused before their body is read', async () => {
    for (const forged of [`${token()}x`, token().slice(1), 'x', signCallbackToken('another secret', subject)]) {
      expect((await post({}, `/callbacks/${forged}`)).status).toBe(404);
      expect((await post({}, `/callbacks/${forged}/failure`)).status).toBe(404);
    }
    expect(await published()).toBeUndefined();
    const { port } = new URL(gateway.origin);
    const answer = await new Promise<string>((resolve, reject) => {
      const socket = connect(Number(port), '127.0.0.1', () => {
        // Announces a body, and does not send it.
        socket.write(
          'POST /callbacks/forged HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 9\r\n\r\n',
        );
      });
      let text = '';
      socket.on('data', (chunk) => (text += chunk.toString()));
      socket.on('close', () => {
        resolve(text);
      });
      socket.on('error', reject);
    });
    expect(answer).toMatch(/^HTTP\/1\.1 404 /);
  });

  /** Announces a body and does not finish it. @returns the socket, and all that came from it when it was closed */
  async function unfinished(path: string): Promise<{ readonly socket: Socket; readonly answer: Promise<string> }> {
    const { port } = new URL(gateway.origin);
    const socket = connect(Number(port), '127.0.0.1');
    let text = '';
    socket.on('data', (chunk) => (text += chunk.toString()));
    const answer = new Promise<string>((resolve) => {
      socket.on('close', () => {
        resolve(text);
      });
    });
    // Closed in the middle of its body.
    socket.on('error', () => undefined);
    const headers = 'host: x\r\ncontent-type: application/json\r\ncontent-length: 9';
    await new Promise<void>((resolve) => {
      socket.write(`POST ${path} HTTP/1.1\r\n${headers}\r\n\r\n{"a":`, () => {
        resolve();
      });
    });
    return { socket, answer };
  }

  it('with one token cannot keep those with others out, and give their places up when their bodies do not come', async () => {
    const beganAt = Date.now();
    const path = `/callbacks/${token()}`;
    const senders = await Promise.all(Array.from({ length: 300 }, () => unfinished(path)));
    const answers = Promise.all(senders.map(({ answer }) => answer));
    const busy = await eventually(async () => {
      const answer = await post({});
      return answer.status === 429 ? answer : undefined;
    });
    expect(busy.headers.get('retry-after')).toBe('1');
    const other = await post({ total: 7 }, `/callbacks/${token({ toolCallId: 'another' })}`);
    expect(other).toMatchObject({ status: 200, body: { status: 'accepted' } });
    expect(Date.now() - beganAt).toBeLessThan(BODY_MS);

    const ends = (await answers).map((text) => text.slice(0, 12));
    expect(ends.filter((line) => line === 'HTTP/1.1 408')).toHaveLength(MAX_CALLBACKS_OF_ONE);
    expect(ends.filter((line) => line === 'HTTP/1.1 429' || line === '')).toHaveLength(300 - MAX_CALLBACKS_OF_ONE);
    expect(await post({})).toMatchObject({ status: 200, body: { status: 'accepted' } });
  }, 20_000);

  it('are bounded in number, and a sender that hangs up makes room again', async () => {
    // Some more than there are places: a probe may take one.
    const paths = Array.from({ length: MAX_CALLBACKS_AT_A_TIME + 40 }, (_, n) => {
      return `/callbacks/${token({ toolCallId: `many-${String(Math.floor(n / MAX_CALLBACKS_OF_ONE))}` })}`;
    });
    const senders = await Promise.all(paths.map(unfinished));
    let probes = 0;
    // Of another tool call each time: one that was taken needs no place any more.
    const probe = async (): Promise<number> => {
      probes += 1;
      return (await post({}, `/callbacks/${token({ toolCallId: `probe-${String(probes)}` })}/failure`)).status;
    };
    await eventually(async () => (await probe()) === 429, { intervalMs: 10 });
    for (const { socket } of senders) socket.destroy();
    await eventually(async () => (await probe()) === 200, { timeoutMs: BODY_MS / 2, intervalMs: 10 });
    expect(await gateway.metrics()).toMatch(/interject_callbacks_total\{outcome="busy"\}/);
  }, 20_000);

  it('that are settled are answered without their bodies, at another gateway too', async () => {
    await post({ total: 7 });
    const known = await unfinished(`/callbacks/${token()}`);
    await eventually(() => known.socket.bytesRead > 0, { timeoutMs: BODY_MS / 2 });
    const { callId } = subject;
    await kit.publisher.publish(
      kit.publisher.events.result(aResult({ callId, toolCallId: 'late', outcome: 'timed-out' })),
    );
    const late = await unfinished(`/callbacks/${token({ toolCallId: 'late' })}`);
    await eventually(() => late.socket.bytesRead > 0, { timeoutMs: BODY_MS / 2 });
    // The rest of the body is read over: the sender may go on with its connection.
    for (const { socket } of [known, late]) socket.end('"b"}');
    expect(await known.answer).toMatch(/^HTTP\/1\.1 200 [^]*"known"/);
    expect(await late.answer).toMatch(/^HTTP\/1\.1 410 [^]*"timed-out"/);
  });

  it('that come too late are told so', async () => {
    const expired = await post({}, `/callbacks/${token({ expiresAt: Date.now() - CLOCK_SKEW_MS - 1 })}`);
    expect(expired).toMatchObject({ status: 410, body: { message: expect.stringMatching(/deadline/) } });
    const { callId, toolCallId } = subject;
    await kit.publisher.publish(kit.publisher.events.result(aResult({ callId, toolCallId, outcome: 'timed-out' })));
    for (let n = 0; n < 2; n += 1) expect(await post({})).toMatchObject({ status: 410, body: { state: 'timed-out' } });
    expect(await published()).toBeUndefined();
  });

  it('that are repeated when the result is there are known, at another gateway too', async () => {
    await post({ total: 7 });
    const { callId, toolCallId } = subject;
    await kit.publisher.publish(kit.publisher.events.result(aResult({ callId, toolCallId })));
    expect(await post({ total: 7 })).toMatchObject({ status: 200, body: { status: 'known' } });
    const other = await startGateway(server.url, { callbackSecret: SECRET });
    try {
      const init = { body: '{}', headers: JSON_TYPE };
      expect(await other.request(`/callbacks/${token()}`, init)).toMatchObject({
        status: 200,
        body: { status: 'known' },
      });
    } finally {
      await other.stop();
    }
  });

  it('are not taken without a secret, which is said', async () => {
    const closed = await startGateway(server.url);
    try {
      const answer = await closed.request(`/callbacks/${token()}`, { body: '{}', headers: JSON_TYPE });
      expect(answer).toMatchObject({ status: 404, body: { message: expect.stringMatching(/set CALLBACK_SECRET/) } });
    } finally {
      await closed.stop();
    }
  });

  it('are answered 503 while NATS is away, and taken when it is back', async () => {
    await server.stop();
    const refused = await post({ total: 7 });
    expect(refused).toMatchObject({ status: 503, body: { code: expect.stringMatching(/disconnected|timeout/) } });
    expect(refused.headers.get('retry-after')).toBe('1');
    await server.launch();
    await eventually(async () => (await post({ total: 7 })).status === 200, { timeoutMs: 10_000 });
    // The connection of this spec comes back on its own, too.
    expect(await eventually(published)).toMatchObject({ data: { total: 7 } });
  }, 30_000);

  it('are counted, and their tokens are in no log', async () => {
    const counted = [...(await gateway.metrics()).matchAll(/interject_callbacks_total\{outcome="([\w-]+)"\}/g)];
    expect(counted.map(([, outcome]) => outcome).sort()).toEqual([
      'aborted',
      'accepted',
      'busy',
      'expired',
      'forged',
      'invalid',
      'known',
      'late',
      'too-large',
      'too-slow',
      'unavailable',
      'unsupported-type',
    ]);
    expect(logged).toContain('request not served');
    // How each of them begins.
    const beginning = Buffer.from('["call').toString('base64url');
    expect(token()).toContain(beginning);
    expect(logged).not.toContain(beginning);
  });
});
