import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Buckets } from '@interject/contracts';
import { openMessaging } from '@interject/messaging/testing';
import type { MessagingKit } from '@interject/messaging/testing';
import { Log, SystemClock } from '@interject/observability';
import { eventually, NatsServer } from '@interject/testing';
import { compileTools } from '../definition/compile-tools.js';
import { handlerRegistration } from '../definition/handler-registration.js';
import { NoArguments } from '../no-arguments.js';
import { Heartbeat } from './heartbeat.js';
import { LiveReplicas } from './live-replicas.js';
import { replicaId } from './replica-id.js';

const registration = handlerRegistration(
  { name: 'a', description: 'A tool.', arguments: NoArguments },
  { run: () => 1 },
  'A',
);
const { tools } = compileTools([registration], 'reports-worker');

describe('LiveReplicas', () => {
  let server: NatsServer;
  let kit: MessagingKit;
  let replicas: LiveReplicas;
  const clock = new SystemClock();
  const hearts: Heartbeat[] = [];

  beforeAll(async () => {
    server = await NatsServer.start();
    kit = await openMessaging({ url: server.url });
    replicas = new LiveReplicas(kit.kv, clock, Log.silent());
    replicas.start();
  });
  afterAll(async () => {
    await Promise.all(hearts.map((heart) => heart.stop()));
    await replicas.stop();
    await kit.close();
    await server.dispose();
  });

  function startHeart(): Heartbeat {
    const heart = new Heartbeat({
      bucket: kit.kv.bucket(Buckets.Workers),
      clock,
      log: Log.silent(),
      worker: 'reports-worker',
      replica: replicaId('reports-worker'),
    });
    heart.start(tools);
    hearts.push(heart);
    return heart;
  }

  it('counts who beats, one at least, and hears a clean stop at once', async () => {
    expect(replicas.of('a')).toBe(1);
    const first = startHeart();
    startHeart();
    await eventually(() => replicas.of('a') === 2);
    expect(replicas.offers('a')).toEqual([
      { worker: 'reports-worker', version: tools[0]?.definition.version, replicas: 2 },
    ]);
    expect(replicas.of('unknown')).toBe(1);
    await first.stop();
    await eventually(() => replicas.of('a') === 1);
  });

  it('keeps its count over a restart of the broker, which forgets all heartbeats', async () => {
    startHeart();
    await eventually(() => replicas.of('a') === 2);
    await server.restart();
    expect(replicas.of('a')).toBe(2);
    const late = startHeart();
    await eventually(() => replicas.of('a') === 3, { timeoutMs: 15_000 });
    await late.stop();
    await eventually(() => replicas.of('a') === 2, { timeoutMs: 5000 });
  }, 30_000);
});
