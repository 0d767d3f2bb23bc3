import { afterEach, describe, expect, it } from '@jest/globals';
import { NatsCluster, NatsServer } from '@interject/testing';
import { connect } from 'nats';
import type { NatsConnection } from 'nats';

const FOR_MS = 3000;
const BODY = new Uint8Array(500);
const IN_FLIGHT = 64;

interface Cost {
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly perSecond: number;
}

/**
 * What an acknowledgement costs by what it promises (docs/guides/nats.md): latency with one publish at a time, rate with 64
 * in flight. `sync_interval: always` needs nats-server 2.10 or newer, which INTERJECT_TEST_NATS_SERVER names.
 */
describe('the cost of durability', () => {
  let end: (() => Promise<void>) | undefined;

  afterEach(async () => {
    await end?.();
  }, 60_000);

  async function measure(url: string, replicas: number): Promise<Cost> {
    const nats = await connect({ servers: url.split(',') });
    try {
      const manager = await nats.jetstreamManager();
      await manager.streams.add({ name: 'BENCH', subjects: ['bench.*'], num_replicas: replicas });
      await publishFor(nats, FOR_MS / 3, IN_FLIGHT);
      const alone = await publishFor(nats, FOR_MS, 1);
      const together = await publishFor(nats, FOR_MS, IN_FLIGHT);
      const { state } = await manager.streams.info('BENCH');
      expect(state.messages).toBeGreaterThanOrEqual(alone.length + together.length);
      const sorted = alone.sort((a, b) => a - b);
      const quantile = (q: number): number => sorted[Math.floor(q * (sorted.length - 1))] ?? Number.NaN;
      return { p50Ms: quantile(0.5), p99Ms: quantile(0.99), perSecond: (together.length / FOR_MS) * 1000 };
    } finally {
      await nats.close();
    }
  }

  it.each([
    [1, 'default'],
    [1, 'always'],
    [3, 'default'],
    [3, 'always'],
  ] as const)(
    'of %d copies with sync_interval %s',
    async (copies, sync) => {
      const jetstream = sync === 'always' ? { jetstream: 'sync_interval: always' } : {};
      let started: NatsServer | NatsCluster;
      try {
        started = await (copies === 1 ? NatsServer.start(jetstream) : NatsCluster.start(jetstream));
      } catch (error) {
        // nats-server 2.9 does not know the word.
        expect(sync).toBe('always');
        expect(String(error)).toMatch(/sync_interval/);
        return;
      }
      end = () => started.dispose();
      const cost = await measure(started instanceof NatsCluster ? started.urls : started.url, copies);
      const { p50Ms, p99Ms, perSecond } = cost;
      const text = `p50 ${p50Ms.toFixed(2)} ms, p99 ${p99Ms.toFixed(2)} ms, ${perSecond.toFixed(0)}/s`;
      process.stdout.write(`copies ${String(copies)}, sync_interval ${sync}: ${text}\n`);
      expect(perSecond).toBeGreaterThan(0);
    },
    90_000,
  );
});

/** @returns the latency of each publish (ms) */
async function publishFor(nats: NatsConnection, forMs: number, inFlight: number): Promise<number[]> {
  const jetstream = nats.jetstream();
  const latencies: number[] = [];
  const until = performance.now() + forMs;
  const one = async (): Promise<void> => {
    while (performance.now() < until) {
      const began = performance.now();
      await jetstream.publish('bench.a', BODY);
      latencies.push(performance.now() - began);
    }
  };
  await Promise.all(Array.from({ length: inFlight }, one));
  return latencies;
}
