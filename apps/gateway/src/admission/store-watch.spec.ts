import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { MessagingError } from '@interject/messaging';
import type { StreamReader } from '@interject/messaging';
import { Log, Metrics } from '@interject/observability';
import { VirtualClock } from '@interject/testing';
import { AdmissionMetrics } from './admission-metrics.js';
import { StoreWatch } from './store-watch.service.js';

describe('the watch over the stores', () => {
  let clock: VirtualClock;
  let watch: StoreWatch;
  let metrics: Metrics;
  let ratios: Record<string, number | Error>;

  beforeEach(async () => {
    clock = new VirtualClock();
    metrics = new Metrics();
    ratios = { CALL_EVENTS: 0.1, UTTERANCES: 0.1, DEAD_LETTERS: 0 };
    const fillRatio = (stream: string): Promise<number> => {
      const ratio = ratios[stream] ?? new Error(`not asked for: ${stream}`);
      return ratio instanceof Error ? Promise.reject(ratio) : Promise.resolve(ratio);
    };
    const messageCount = (stream: string): Promise<number> => fillRatio(stream);
    const reader = { fillRatio, messageCount } as unknown as StreamReader;
    watch = new StoreWatch(reader, new AdmissionMetrics(metrics), clock, Log.silent());
    await watch.onModuleInit();
  });
  afterEach(() => {
    watch.onApplicationShutdown();
  });

  it.each(['UTTERANCES', 'CALL_EVENTS'])('finds no room at 98 % of %s, and room below 97 %', async (stream) => {
    expect(watch.hasRoom).toBe(true);
    const found: boolean[] = [];
    for (const ratio of [0.979, 0.98, 0.975, 0.97, 0.969]) {
      ratios[stream] = ratio;
      await clock.advance(2000);
      found.push(watch.hasRoom);
    }
    expect(found).toEqual([true, false, false, false, true]);
    expect(await metrics.registry.metrics()).toContain(`interject_stream_fill_ratio{stream="${stream}"} 0.969`);
  });

  it('shows how many dead letters there are, and shuts nothing on their account', async () => {
    ratios['DEAD_LETTERS'] = 3;
    await clock.advance(2000);
    ratios['DEAD_LETTERS'] = new MessagingError('disconnected', 'away');
    await clock.advance(2000);
    expect(await metrics.registry.metrics()).toContain('interject_dead_letters 3');
    expect(watch.hasRoom).toBe(true);
  });

  it('takes a store that cannot be asked for as full as it was', async () => {
    ratios['UTTERANCES'] = 1;
    await clock.advance(2000);
    ratios['UTTERANCES'] = new MessagingError('disconnected', 'away');
    await clock.advance(10_000);
    expect(watch.hasRoom).toBe(false);
    ratios['UTTERANCES'] = 0;
    await clock.advance(2000);
    expect(watch.hasRoom).toBe(true);
  });
});
