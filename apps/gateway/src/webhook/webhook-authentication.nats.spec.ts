import { createHmac } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Buckets, Streams } from '@interject/contracts';
import { openMessaging } from '@interject/messaging/testing';
import type { MessagingKit } from '@interject/messaging/testing';
import { Log } from '@interject/observability';
import { aToolDefinition, NatsServer } from '@interject/testing';
import { startGateway } from '../testing/start-gateway.js';
import type { RunningGateway } from '../testing/start-gateway.js';
import { toolCallsWebhook } from '../testing/tool-calls-body.js';
import { startWorkerLife } from '../testing/worker-life.js';
import type { WorkerLife } from '../testing/worker-life.js';

const OLD_KEY = 'the old key of the webhook';
const NEW_KEY = 'the new key of the webhook';
const JSON_TYPE = { 'content-type': 'application/json' };
const REFUSED = {
  statusCode: 401,
  error: 'Unauthorized',
  message: "Send application/json, its HMAC in the header 'x-signature', and the time in 'x-timestamp'.",
};

/** As Vapi signs by default (VAPI.md 3). */
function signed(body: string, { key = NEW_KEY, at = Date.now() } = {}): Record<string, string> {
  const timestamp = String(at);
  const signature = createHmac('sha256', key).update(`${timestamp}.${body}`).digest('hex');
  return { ...JSON_TYPE, 'x-timestamp': timestamp, 'x-signature': signature };
}

describe('webhooks that are signed', () => {
  const lines: string[] = [];
  let server: NatsServer;
  let kit: MessagingKit;
  let gateway: RunningGateway;
  let life: WorkerLife;

  beforeAll(async () => {
    server = await NatsServer.start();
    kit = await openMessaging({ url: server.url });
    await kit.kv.bucket(Buckets.Tools).put('build_report', JSON.stringify(aToolDefinition()));
    life = await startWorkerLife(kit, ['build_report']);
    gateway = await startGateway(server.url, {
      log: Log.create({ service: 'gateway', level: 'debug', destination: { write: (line) => void lines.push(line) } }),
      webhookAuth: { VAPI_WEBHOOK_AUTH: 'hmac', VAPI_WEBHOOK_SECRET: `${OLD_KEY},${NEW_KEY}` },
    });
  }, 20_000);
  afterAll(async () => {
    await gateway.stop();
    life.stop();
    await kit.close();
    await server.dispose();
  });

  const webhook = (id: string): string => JSON.stringify(toolCallsWebhook([{ id }]), undefined, 1);
  const post = (body: string, headers: Record<string, string>) =>
    gateway.request('/vapi/webhook', { body, headers }).then(({ status, body: answer }) => ({ status, answer }));
  const stored = async (): Promise<number> =>
    (await kit.connection.manager.streams.info(Streams.ToolCalls)).state.messages;

  it('are taken, and a repeat is answered alike with no second effect', async () => {
    const body = webhook('call_signed');
    const headers = signed(body);
    const before = await stored();
    const first = await post(body, headers);
    expect(first).toMatchObject({ status: 200, answer: { results: [{ toolCallId: 'call_signed' }] } });
    expect(await post(body, headers)).toEqual(first);
    // Signed anew, as a backoff plan may do it.
    expect(await post(body, signed(body, { at: Date.now() + 1 }))).toEqual(first);
    expect(await stored()).toBe(before + 1);
    expect(await gateway.metrics()).toMatch(/interject_tool_calls_total\{[^}]*disposition="repeated"\} 2/);
  });

  it('are taken with either key, and with the time in seconds', async () => {
    const body = webhook('call_rotated');
    const inSeconds = Math.floor(Date.now() / 1000);
    for (const headers of [signed(body, { key: OLD_KEY }), signed(body, { at: inSeconds })]) {
      expect(await post(body, headers)).toMatchObject({ status: 200 });
    }
  });

  it.each<[what: string, headers: (body: string) => Record<string, string>, reason: string]>([
    ['without a signature', () => JSON_TYPE, 'header-missing'],
    ['with another key', (body) => signed(body, { key: 'a key that nobody has' }), 'credential-wrong'],
    ['with a signature that is none', (body) => ({ ...signed(body), 'x-signature': 'zz' }), 'credential-malformed'],
    ['that is old', (body) => signed(body, { at: Date.now() - 301_000 }), 'timestamp-stale'],
    ['that comes from the future', (body) => signed(body, { at: Date.now() + 310_000 }), 'timestamp-future'],
    [
      'whose time was changed',
      (body) => ({ ...signed(body), 'x-timestamp': String(Date.now() + 1000) }),
      'credential-wrong',
    ],
    ['with the secret in place of a signature', () => ({ ...JSON_TYPE, 'x-vapi-secret': NEW_KEY }), 'header-missing'],
  ])('are refused alike: %s', async (_, headers, reason) => {
    const body = webhook('call_forged');
    const before = await stored();
    lines.length = 0;
    expect(await post(body, headers(body))).toEqual({ status: 401, answer: REFUSED });
    expect(await stored()).toBe(before);
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([
      expect.objectContaining({ msg: 'webhook refused: not authenticated', reason }),
    ]);
  });

  it('are refused when one byte of the body is another, before anybody parses it', async () => {
    const body = webhook('call_tampered');
    const before = await stored();
    for (const tampered of [body.replace('north', 'south'), `${body} `, body.slice(1), '{"not": json', '[]', '""']) {
      expect(await post(tampered, signed(body))).toEqual({ status: 401, answer: REFUSED });
    }
    expect(await stored()).toBe(before);
  });

  it('are refused with a body that is not looked at, however right its signature', async () => {
    const body = webhook('call_text');
    for (const type of ['text/plain', 'application/x-www-form-urlencoded']) {
      const answer = await post(body, { ...signed(body), 'content-type': type });
      expect([type, answer]).toEqual([type, { status: 401, answer: REFUSED }]);
    }
    expect(lines.filter((line) => line.includes('"reason":"body-not-json"'))).toHaveLength(2);
    const empty = await gateway.request('/vapi/webhook', { headers: withoutType(signed('')) });
    expect(empty).toMatchObject({ status: 401, body: REFUSED });
    expect(await post(body, { ...signed(body), 'content-type': 'application/xml' })).toMatchObject({ status: 415 });
  });

  it('are parsed once they are authentic', async () => {
    expect(await post('{"not": json', signed('{"not": json'))).toMatchObject({ status: 400 });
    expect(await post('', signed(''))).toMatchObject({ status: 400 });
    const poisoned = '{"message":{"type":"hang"},"__proto__":{"a":1}}';
    expect(await post(poisoned, signed(poisoned))).toMatchObject({ status: 400 });
    const hang = '{"message":{"type":"hang"}}';
    expect(await post(hang, { ...signed(hang), 'content-type': 'application/json; charset=utf-8' })).toMatchObject({
      status: 200,
    });
  });

  it('are refused with a header that is there twice', async () => {
    const body = webhook('call_twice');
    const { 'x-signature': signature = '', ...others } = signed(body);
    const headers = { ...others, 'x-signature': [signature, signature] };
    const status = await new Promise((resolve, reject) => {
      const outgoing = httpRequest(`${gateway.origin}/vapi/webhook`, { method: 'POST', headers }, (response) => {
        response.resume();
        resolve(response.statusCode);
      });
      outgoing.once('error', reject);
      outgoing.end(body);
    });
    expect(status).toBe(401);
  });

  it('leave the bodies of other routes as they are', async () => {
    const answer = await gateway.send('/calls/no-such-call/announcements', { text: '' });
    expect(answer.status).toBe(400);
    expect(
      await gateway.request('/calls/no-such-call/announcements', { body: '{}', headers: JSON_TYPE }),
    ).toMatchObject({ status: 401 });
  });
});

function withoutType({ 'content-type': _, ...headers }: Record<string, string>): Record<string, string> {
  return headers;
}
