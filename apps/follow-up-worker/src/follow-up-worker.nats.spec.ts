import 'reflect-metadata';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { EventFactory, Streams } from '@interject/contracts';
import type { UtteranceUndelivered } from '@interject/contracts';
import { Log, Metrics, SystemClock } from '@interject/observability';
import { loadConfigs, Readiness, ServiceConfig, ServiceHost } from '@interject/runtime';
import { eventually, startNatsServer, StreamInspector } from '@interject/testing';
import type { NatsServer } from '@interject/testing';
import { TOOL_CALL_STRATEGY } from '@interject/worker-sdk';
import { AppModule } from './app.module.js';
import { FollowUpConfig } from './follow-up.config.js';
import { WebhookServer } from './testing/webhook-server.js';

const service = 'follow-up-worker';
const events = new EventFactory(16);

describe('the follow-up worker on a real broker, with a real webhook', () => {
  let nats: NatsServer;
  let webhook: WebhookServer;
  let inspector: StreamInspector;
  const hosts: ServiceHost[] = [];

  beforeEach(async () => {
    nats = await startNatsServer();
    webhook = await WebhookServer.start();
    inspector = await StreamInspector.connect(nats.url);
  });
  afterEach(async () => {
    await Promise.all(hosts.splice(0).map((host) => host.stop()));
    await inspector.close();
    await webhook.close();
    await nats.dispose();
  });

  /** As `main.ts` does, but for the process. */
  async function start(): Promise<{ host: ServiceHost; managementPort: number }> {
    const presets = new Map<new () => object, object>([[ServiceConfig, { service, version: '0', managementPort: 0 }]]);
    const env = { NATS_URL: nats.url, FOLLOW_UP_WEBHOOK_URL: `${webhook.origin}/sms` };
    const configs = loadConfigs([ServiceConfig, FollowUpConfig], env, { service, presets });
    const host = new ServiceHost(
      {
        service,
        defaultManagementPort: 0,
        configs: [FollowUpConfig],
        module: AppModule,
        strategies: [TOOL_CALL_STRATEGY],
      },
      { configs, log: Log.silent(), clock: new SystemClock(), metrics: new Metrics(), readiness: new Readiness() },
    );
    hosts.push(host);
    const { managementPort } = await host.start();
    return { host, managementPort };
  }

  async function tell(utteranceId: string): Promise<void> {
    const data: UtteranceUndelivered = {
      callId: 'c',
      utteranceId,
      reason: 'call-ended',
      text: 'Done.',
      at: Date.now(),
    };
    await inspector.publish(events.undelivered(data).subject, JSON.stringify(data));
  }

  function idsReceived(): unknown[] {
    return webhook.received.map(({ body }) => (JSON.parse(body) as { id: unknown }).id);
  }

  it('is ready without tools, and sends each follow-up', async () => {
    const { managementPort } = await start();
    const management = `http://127.0.0.1:${String(managementPort)}`;
    const ready = await (await fetch(`${management}/health/ready`)).json();
    expect(ready).toMatchObject({ status: 'ready', checks: { nats: { status: 'up' } } });
    await tell('u-1');
    await eventually(() => webhook.received.length === 1);
    expect(webhook.received[0]).toMatchObject({ path: '/sms', headers: { 'idempotency-key': 'u-1' } });
    await eventually(async () => {
      const metrics = await (await fetch(`${management}/metrics`)).text();
      return metrics.includes('interject_call_event_handlings_total{event="undelivered",outcome="handled"} 1');
    });
  });

  it('tries again after a 503, and keeps what was refused as a dead letter', async () => {
    await start();
    webhook.answer = (response, { headers }) => {
      const isFlaky = headers['idempotency-key'] === 'flaky';
      const seen = webhook.received.filter((each) => each.headers['idempotency-key'] === 'flaky').length;
      response.writeHead(isFlaky ? (seen < 2 ? 503 : 200) : 410, { 'retry-after': '0' }).end();
    };
    await tell('flaky');
    await tell('refused');
    await eventually(() => idsReceived().filter((id) => id === 'flaky').length === 2);
    const [letter] = await eventually(async () => {
      const letters = await inspector.messages(Streams.DeadLetters);
      return letters.length > 0 && letters;
    });
    expect(letter).toMatchObject({
      subject: 'dead-letters.call-events.webhook-http-410',
      data: { utteranceId: 'refused' },
      headers: { 'interject-consumer': 'follow-up-worker-undelivered', 'interject-deliveries': '1' },
    });
    expect(idsReceived().filter((id) => id === 'refused')).toHaveLength(1);
  });

  it('goes on after a restart of its own with what came meanwhile, and sends nothing twice', async () => {
    const { host } = await start();
    await tell('first');
    await eventually(() => webhook.received.length === 1);
    expect(await host.stop()).toBe(true);
    await tell('meanwhile');
    await start();
    await eventually(() => webhook.received.length === 2);
    expect(idsReceived()).toEqual(['first', 'meanwhile']);
  });

  it('waits at its stop for the request under way', async () => {
    const { host } = await start();
    let finish: () => void = () => undefined;
    webhook.answer = (response) => {
      finish = () => response.writeHead(200).end();
    };
    await tell('slow');
    await eventually(() => webhook.received.length === 1);
    const stopping = host.stop();
    finish();
    expect(await stopping).toBe(true);
    webhook.answer = (response) => {
      response.writeHead(200).end();
    };
    await start();
    await tell('next');
    await eventually(() => idsReceived().includes('next'));
    expect(idsReceived()).toEqual(['slow', 'next']);
  });
});
