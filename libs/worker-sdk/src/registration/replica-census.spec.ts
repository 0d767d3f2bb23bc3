import { describe, expect, it } from '@jest/globals';
import { HEARTBEAT_LATE_MS } from '@interject/contracts';
import type { WorkerHeartbeat } from '@interject/contracts';
import { ReplicaCensus } from './replica-census.js';

function beat(replica: string, over: Partial<WorkerHeartbeat> = {}): WorkerHeartbeat {
  return { worker: 'reports-worker', replica, tools: [{ name: 'a', version: 'v1' }], startedAt: 0, ...over };
}

/** The broker speaks every 2 s. */
function hear(census: ReplicaCensus, from: number, to: number): void {
  for (let now = from; now <= to; now += 2000) census.heard(now);
}

describe('ReplicaCensus', () => {
  it('counts replicas by worker and version', () => {
    const census = new ReplicaCensus(0);
    census.beat(beat('r1'), 10);
    census.beat(beat('r2'), 20);
    census.beat(beat('r1'), 30);
    census.beat(beat('r3', { tools: [{ name: 'a', version: 'v2' }] }), 30);
    census.beat(beat('r4', { worker: 'other', tools: [{ name: 'b', version: 'v1' }] }), 30);
    expect(census.offers('a')).toEqual([
      { worker: 'reports-worker', version: 'v1', replicas: 2 },
      { worker: 'reports-worker', version: 'v2', replicas: 1 },
    ]);
    expect(census.offers('b')).toEqual([{ worker: 'other', version: 'v1', replicas: 1 }]);
    expect(census.offers('c')).toEqual([]);
  });

  it('forgets who left at once, and who is silent after two heartbeats and a half', () => {
    const census = new ReplicaCensus(0);
    census.beat(beat('r1'), 0);
    census.beat(beat('r2'), 0);
    census.left('r2');
    hear(census, 0, HEARTBEAT_LATE_MS);
    census.heard(HEARTBEAT_LATE_MS);
    expect(census.offers('a')).toEqual([expect.objectContaining({ replicas: 1 })]);
    census.heard(HEARTBEAT_LATE_MS + 1);
    expect(census.offers('a')).toEqual([]);
  });

  it('lets nobody grow old while the broker is away', () => {
    const census = new ReplicaCensus(0);
    census.beat(beat('r1'), 0);
    census.beat(beat('r2'), 0);
    // A minute without the broker; the first to be heard again are signs of life and one of the two.
    census.heard(60_000);
    census.beat(beat('r1'), 60_100);
    expect(census.offers('a')).toEqual([expect.objectContaining({ replicas: 2 })]);
    hear(census, 62_000, 68_000);
    census.beat(beat('r1'), 68_100);
    expect(census.offers('a')).toEqual([expect.objectContaining({ replicas: 1 })]);
  });

  it('takes everybody for just seen when the watch begins anew', () => {
    const census = new ReplicaCensus(0);
    census.beat(beat('r1'), 0);
    hear(census, 0, 6000);
    census.allJustSeen(7000);
    census.heard(7000 + HEARTBEAT_LATE_MS - 5000);
    expect(census.offers('a')).toHaveLength(1);
  });
});
