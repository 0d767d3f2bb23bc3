import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Buckets } from '@interject/contracts';
import { openMessaging } from '@interject/messaging/testing';
import type { MessagingKit } from '@interject/messaging/testing';
import { Log, Metrics } from '@interject/observability';
import { Readiness } from '@interject/runtime';
import { aToolDefinition, eventually, NatsServer, VirtualClock } from '@interject/testing';
import { RegistryMetrics } from './registry-metrics.js';
import type { ToolState } from './tool-state.types.js';
import { ToolRegistry } from './tool-registry.service.js';

/** Lets the registry hear the broker, whatever else is silent. */
const WITNESS = 'witness';

describe('the tool registry', () => {
  let server: NatsServer;
  let kit: MessagingKit;
  let clock: VirtualClock;
  let metrics: Metrics;
  let registry: ToolRegistry;
  let beats = 0;

  beforeAll(async () => {
    server = await NatsServer.start();
    kit = await openMessaging({ url: server.url });
  });
  afterAll(async () => {
    await kit.close();
    await server.dispose();
  });
  beforeEach(async () => {
    clock = new VirtualClock();
    metrics = new Metrics();
    await register(WITNESS);
    registry = await aRegistry(metrics);
  });
  afterEach(async () => {
    await registry.onApplicationShutdown();
    for (const bucket of [kit.kv.bucket(Buckets.Tools), kit.kv.bucket(Buckets.Workers)]) {
      for (const key of await bucket.keys()) await bucket.purge(key);
    }
  });

  async function aRegistry(own = new Metrics()): Promise<ToolRegistry> {
    const made = new ToolRegistry(kit.kv, new Readiness(), new RegistryMetrics(own), clock, Log.silent());
    await made.onModuleInit();
    return made;
  }

  async function register(name: string, over: Parameters<typeof aToolDefinition>[0] = {}): Promise<void> {
    const definition = aToolDefinition({ name, worker: `${name}-worker`, ...over });
    await kit.kv.bucket(Buckets.Tools).put(name, JSON.stringify(definition));
  }

  async function beat(replica: string, tool: string, { worker = `${tool}-worker`, version = '1' } = {}): Promise<void> {
    const heartbeat = { worker, replica, tools: [{ name: tool, version }], startedAt: 1 };
    await kit.kv.bucket(Buckets.Workers).put(replica, JSON.stringify(heartbeat));
  }

  function state(tool: string, of = registry): ToolState | undefined {
    return of.states().find(({ name }) => name === tool);
  }

  /** Lets seconds pass in which the broker is heard. */
  async function pass(seconds: number, eachSecond?: () => Promise<void>): Promise<void> {
    for (let second = 0; second < seconds; second += 1) {
      await eachSecond?.();
      await witnessed();
      await clock.advance(1000);
    }
  }

  /** Everything written before has been taken by the registry. */
  async function witnessed(): Promise<void> {
    beats += 1;
    const version = String(beats);
    await beat(WITNESS, WITNESS, { version });
    await eventually(() => state(WITNESS)?.replicas.some((replica) => replica.version === version));
  }

  it('refuses a dead worker after 15 s, and takes it back at its first heartbeat', async () => {
    await register('report');
    await beat('report-1', 'report');
    await witnessed();
    expect(state('report')).toMatchObject({
      status: 'live',
      definition: { name: 'report', worker: 'report-worker' },
      replicas: [{ worker: 'report-worker', replica: 'report-1', version: '1', seenSince: clock.now() }],
      conflicts: [],
    });
    await pass(15);
    expect(state('report')).toMatchObject({ status: 'restarting', replicas: [] });
    expect(registry.hasWorker('report')).toBe(true);
    await pass(1);
    expect(state('report')?.status).toBe('no-worker');
    expect(registry.hasWorker('report')).toBe(false);
    expect(await metrics.registry.metrics()).toContain('interject_tool_replicas{tool="report"} 0');
    expect(state(WITNESS)?.status).toBe('live');
    await beat('report-2', 'report');
    await witnessed();
    expect(state('report')).toMatchObject({ status: 'live', replicas: [{ replica: 'report-2' }] });
    await clock.advance(1000);
    expect(await metrics.registry.metrics()).toContain('interject_tool_replicas{tool="report"} 1');
  });

  it('counts a clean stop from its delete', async () => {
    await register('report');
    await pass(10, () => beat('report-1', 'report'));
    await kit.kv.bucket(Buckets.Workers).delete('report-1');
    await witnessed();
    expect(state('report')).toMatchObject({ status: 'restarting', replicas: [] });
    await pass(15);
    expect(state('report')?.status).toBe('restarting');
    await pass(1);
    expect(state('report')?.status).toBe('no-worker');
  });

  it('begins with everything as just seen, at the start of a gateway', async () => {
    await register('report');
    await pass(16);
    expect(registry.hasWorker('report')).toBe(false);
    const second = await aRegistry();
    expect(state('report', second)?.status).toBe('restarting');
    await second.onApplicationShutdown();
  });

  it('lets nothing grow old while NATS is away', async () => {
    await register('report');
    await beat('report-1', 'report');
    await witnessed();
    await server.stop();
    // In steps, as timers would run.
    for (let second = 0; second < 120; second += 1) await clock.advance(1000);
    expect(registry.hasWorker('report')).toBe(true);
    await server.launch();
    // The bucket is in memory: it was made anew, and nothing is in it.
    await eventually(async () => {
      await witnessed();
      return true;
    });
    expect(registry.hasWorker('report')).toBe(true);
    await pass(14);
    expect(registry.hasWorker('report')).toBe(true);
    await pass(4);
    expect(registry.hasWorker('report')).toBe(false);
  }, 30_000);

  it('forgets the tools of a store that was made anew, unless they are registered again', async () => {
    await register('gone');
    await witnessed();
    expect(registry.names()).toEqual(['gone', WITNESS]);
    await kit.connection.manager.streams.delete('KV_tools');
    const other = await openMessaging({ url: server.url });
    await other.close();
    await register(WITNESS);
    await register('new');
    // The reader of the bucket notices by its silence.
    await eventually(() => registry.find('new') !== undefined, { timeoutMs: 20_000 });
    await pass(16);
    expect(registry.names()).toEqual(['new', WITNESS]);
  }, 40_000);

  it('tells of two workers that claim one tool, and of versions side by side', async () => {
    await register('report', { worker: 'one', version: 'a' });
    await beat('one-1', 'report', { worker: 'one', version: 'a' });
    await register('report', { worker: 'two', version: 'b', parameters: { type: 'object' } });
    await beat('two-1', 'report', { worker: 'two', version: 'b' });
    await witnessed();
    const since = clock.now();
    await pass(2, async () => {
      await beat('one-1', 'report', { worker: 'one', version: 'a' });
      await beat('two-1', 'report', { worker: 'two', version: 'b' });
    });
    expect(state('report')?.conflicts).toEqual([
      {
        kind: 'workers',
        since,
        isLasting: false,
        schemas: 'different',
        parties: [
          { worker: 'one', version: 'a', replicas: 1 },
          { worker: 'two', version: 'b', replicas: 1 },
        ],
      },
    ]);
    const text = await metrics.registry.metrics();
    expect(text).toContain('interject_tool_conflicts{tool="report",kind="workers"} 1');
    expect(text).toContain('interject_tool_conflicts{tool="report",kind="versions"} 0');
    await kit.kv.bucket(Buckets.Workers).delete('one-1');
    await beat('two-2', 'report', { worker: 'two', version: 'c' });
    await witnessed();
    expect(state('report')?.conflicts).toMatchObject([{ kind: 'versions', schemas: 'unknown' }]);
  });
});
