import 'reflect-metadata';
import { createHmac } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { UtteranceUndelivered } from '@interject/contracts';
import { Metrics } from '@interject/observability';
import { loadConfigs } from '@interject/runtime';
import { eventually, VirtualClock } from '@interject/testing';
import { CallEventBench } from '@interject/worker-sdk/testing';
import { FollowUpMetrics } from './follow-up-metrics.js';
import { FollowUpConfig } from './follow-up.config.js';
import { SendFollowUp } from './send-follow-up.handler.js';
import { WebhookServer } from './testing/webhook-server.js';
import { WebhookClient } from './webhook/webhook.client.js';

const EVENT: UtteranceUndelivered = {
  callId: 'call 1',
  utteranceId: 'u-1',
  reason: 'call-ended',
  text: 'Your table is booked for 8 o\u2019clock.',
  toolCallId: 'tool-call-1',
  tool: 'book_table',
  outcome: 'succeeded',
  data: { table: 7 },
  arguments: { phone: '+491234' },
  requestedAt: 1000,
  endedReason: 'customer-ended-call',
  at: 2000,
};

describe('SendFollowUp', () => {
  let server: WebhookServer;
  const clients: WebhookClient[] = [];

  beforeEach(async () => {
    server = await WebhookServer.start();
  });
  afterEach(async () => {
    await Promise.all(clients.splice(0).map((client) => client.onApplicationShutdown()));
    await server.close();
  });

  function bench(env: Record<string, string> = {}) {
    const url = { FOLLOW_UP_WEBHOOK_URL: `${server.origin}/hook?from=interject` };
    const config = loadConfigs([FollowUpConfig], { ...url, ...env }).get(FollowUpConfig);
    const clock = new VirtualClock();
    const metrics = new Metrics();
    const followUpMetrics = new FollowUpMetrics(metrics);
    const client = new WebhookClient(config, clock, followUpMetrics);
    clients.push(client);
    const handler = new SendFollowUp(config, client, followUpMetrics);
    return { clock, metrics, bench: new CallEventBench<'undelivered'>(handler, clock) };
  }

  it('posts all that is known, with a key that tells a repeat', async () => {
    const { bench: b, metrics } = bench();
    expect(await b.run(EVENT)).toEqual({ kind: 'ack' });
    expect(server.received).toHaveLength(1);
    const [{ method, path, headers, body } = { headers: {}, body: '' }] = server.received;
    expect({ method, path }).toEqual({ method: 'POST', path: '/hook?from=interject' });
    expect(headers).toMatchObject({
      'content-type': 'application/json',
      'idempotency-key': 'u-1',
      'content-length': String(Buffer.byteLength(body)),
    });
    expect(headers).not.toHaveProperty('x-interject-signature');
    const { utteranceId, ...others } = EVENT;
    expect(JSON.parse(body)).toEqual({ id: utteranceId, ...others });
    expect(await metrics.registry.metrics()).toContain(
      'interject_follow_up_webhook_duration_seconds_count{outcome="2xx"} 1',
    );
    expect(await metrics.registry.metrics()).toContain(
      'interject_follow_ups_total{reason="call-ended",outcome="sent"} 1',
    );
  });

  it('leaves out what is not known', async () => {
    const { callId, utteranceId, reason, text, at } = EVENT;
    await bench().bench.run({ callId, utteranceId, reason, text, at });
    expect(JSON.parse(server.received[0]?.body ?? '')).toEqual({ id: utteranceId, callId, reason, text, at });
  });

  it('signs time and body', async () => {
    const { bench: b, clock } = bench({ FOLLOW_UP_WEBHOOK_SECRET: 'a shared secret' });
    const at = String(clock.now());
    await b.run(EVENT);
    const body = server.received[0]?.body ?? '';
    const hex = createHmac('sha256', 'a shared secret').update(`${at}.${body}`).digest('hex');
    expect(server.received[0]?.headers['x-interject-signature']).toBe(`t=${at},v1=${hex}`);
  });

  it('skips reasons that are not asked for', async () => {
    const { bench: b, metrics } = bench({ FOLLOW_UP_REASONS: 'expired' });
    expect(await b.run(EVENT)).toEqual({ kind: 'ack' });
    expect(server.received).toEqual([]);
    expect(await b.run({ ...EVENT, reason: 'expired' })).toEqual({ kind: 'ack' });
    expect(server.received).toHaveLength(1);
    expect(await metrics.registry.metrics()).toContain('{reason="call-ended",outcome="skipped"} 1');
  });

  it.each([429, 408, 500, 503])(
    'tries again after %i, with the same key, a fresh time in the signature',
    async (status) => {
      const { bench: b } = bench({ FOLLOW_UP_WEBHOOK_SECRET: 'a shared secret' });
      server.answer = (response) => {
        response.writeHead(server.received.length < 3 ? status : 200).end('x'.repeat(1000));
      };
      expect(await b.run(EVENT)).toEqual({ kind: 'ack' });
      expect(b.outcomes).toEqual(['retried', 'retried', 'handled']);
      expect(new Set(server.received.map(({ headers }) => headers['idempotency-key']))).toEqual(new Set(['u-1']));
      expect(new Set(server.received.map(({ body }) => body)).size).toBe(1);
      expect(new Set(server.received.map(({ headers }) => headers['x-interject-signature'])).size).toBe(3);
    },
  );

  it('waits as long as it is asked to', async () => {
    server.answer = (response) => {
      response.writeHead(503, { 'retry-after': '120' }).end();
    };
    expect(await bench().bench.deliver(EVENT)).toEqual({ kind: 'nak', delayMs: 120_000 });
  });

  it('gives up after ten attempts', async () => {
    const { bench: b, clock } = bench();
    server.answer = (response) => {
      response.writeHead(502).end();
    };
    const startedAt = clock.now();
    expect(await b.run(EVENT)).toEqual({ kind: 'dead-letter', reason: 'webhook-http-502' });
    expect(server.received).toHaveLength(10);
    // Long enough to sit out a short outage of a provider.
    expect(clock.now() - startedAt).toBeGreaterThan(120_000);
  });

  it.each([
    [301, { location: '/elsewhere' }],
    [307, { location: 'http://127.0.0.1:1/' }],
    [400, {}],
    [401, {}],
    [404, {}],
  ])('gives up at once after %i, and follows no redirect', async (status, headers) => {
    server.answer = (response) => {
      response.writeHead(status, headers).end();
    };
    const reason = `webhook-http-${String(status)}`;
    expect(await bench().bench.run(EVENT)).toEqual({ kind: 'dead-letter', reason });
    expect(server.received).toHaveLength(1);
  });

  it('tries again when nobody is there', async () => {
    const { bench: b } = bench({ FOLLOW_UP_WEBHOOK_URL: 'http://127.0.0.1:1/' });
    expect(await b.deliver(EVENT)).toMatchObject({ kind: 'nak' });
    expect(await b.deliver(EVENT, 10)).toEqual({ kind: 'dead-letter', reason: 'webhook-unreachable' });
  });

  it('does not wait longer than 10 s for an answer', async () => {
    const { bench: b, clock } = bench();
    server.answer = () => undefined;
    const delivery = b.deliver(EVENT);
    await eventually(() => server.received.length === 1);
    await clock.advance(9999);
    expect(b.outcomes).toEqual([]);
    await clock.advance(1);
    expect(await delivery).toMatchObject({ kind: 'nak' });
  });

  it('is content with a status, whatever the body does', async () => {
    const { bench: b } = bench();
    server.answer = (response) => {
      response.writeHead(200, { 'content-length': '1000000' });
      response.write('x'.repeat(200_000), () => response.destroy());
    };
    expect(await b.run(EVENT)).toEqual({ kind: 'ack' });
    expect(server.received).toHaveLength(1);
  });

  it('buries an id that no header can carry', async () => {
    const settlement = await bench().bench.run({ ...EVENT, utteranceId: 'a\nb' });
    expect(settlement).toEqual({ kind: 'dead-letter', reason: 'webhook-request-invalid' });
  });
});
