import { Buckets } from '@interject/contracts';
import { openMessaging } from '@interject/messaging/testing';
import { Log, Metrics, SystemClock } from '@interject/observability';
import { isConfigurationError, loadConfigs, Readiness, ServiceConfig, ServiceHost } from '@interject/runtime';
import { eventually, startNatsServer } from '@interject/testing';
import type { NatsServer } from '@interject/testing';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { NotifierConfig } from './notifier.config.js';
import { notifierOptions } from './notifier.options.js';

jest.setTimeout(30_000);

let server: NatsServer;

function configure(env: Readonly<Record<string, string>>): ReturnType<typeof loadConfigs> {
  const presets = new Map([[ServiceConfig, { service: 'notifier', version: '0.0.0', managementPort: 0 }]]);
  return loadConfigs([ServiceConfig, ...notifierOptions.configs], env, { service: 'notifier', presets });
}

describe('the notifier as a service', () => {
  beforeAll(async () => {
    server = await startNatsServer();
  });
  afterAll(() => server.dispose());

  it('is ready when every partition is served, shows what it serves, and gives all back when it stops', async () => {
    const metrics = new Metrics();
    const readiness = new Readiness();
    const configs = configure({ NATS_URL: server.url });
    const host = new ServiceHost(notifierOptions, {
      configs,
      log: Log.silent(),
      clock: new SystemClock(),
      metrics,
      readiness,
    });
    const { managementPort } = await host.start();
    const health = await eventually(async () => {
      const response = await fetch(`http://127.0.0.1:${String(managementPort)}/health/ready`);
      return response.status === 200 && ((await response.json()) as { readonly checks: unknown });
    });
    expect(health.checks).toMatchObject({
      nats: { status: 'up' },
      partitions: { status: 'up', owned: 16, elsewhere: 0, partitions: 16, notifiers: 1 },
    });
    expect(await metrics.registry.metrics()).toContain('interject_partitions_owned 16');
    expect(await host.stop()).toBe(true);

    const kit = await openMessaging({ url: server.url });
    expect(await kit.kv.bucket(Buckets.Leases).keys()).toEqual([]);
    await kit.close();
  });

  it('reports all faults of its configuration together', () => {
    const env = {
      SPEECH_QUIET_MS: '-1',
      SPEECH_CONFIRM_MS: '10',
      VAPI_BASE_URL: 'nowhere',
      VAPI_CONTROL_URL_ALLOWED_ORIGINS: 'http://x/y',
    };
    let faults: string[] = [];
    try {
      configure(env);
    } catch (error) {
      if (!isConfigurationError(error)) throw error;
      faults = error.faults.map(({ variable }) => variable);
    }
    expect(faults.sort()).toEqual([
      'SPEECH_CONFIRM_MS',
      'SPEECH_QUIET_MS',
      'VAPI_BASE_URL',
      'VAPI_CONTROL_URL_ALLOWED_ORIGINS',
    ]);
  });

  it('takes the defaults of the design', () => {
    expect(configure({}).get(NotifierConfig).speech).toEqual({
      quietMs: 1200,
      replyGraceMs: 3000,
      maxHoldMs: 20_000,
      blindHoldMs: 2000,
      confirmMs: 12_000,
      characterMs: 65,
    });
  });
});
