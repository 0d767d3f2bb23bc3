import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { WORKER_PATIENCE_MS } from '@interject/contracts';
import type { WorkerHeartbeat } from '@interject/contracts';
import { WorkerLiveness } from './worker-liveness.js';

const beat = (replica: string, tools = ['report'], worker = 'reports-worker'): WorkerHeartbeat => ({
  worker,
  replica,
  tools: tools.map((name) => ({ name, version: '1' })),
  startedAt: 1,
});
const AT = 1_790_000_000_000;

describe('WorkerLiveness', () => {
  function started(): WorkerLiveness {
    const liveness = new WorkerLiveness();
    liveness.toolRegistered('report', 0);
    return liveness;
  }

  it('has no worker for a tool nobody has registered, whatever heartbeats say', () => {
    const liveness = new WorkerLiveness();
    liveness.heard(beat('a'), 0, AT);
    expect(liveness.status('report', 0)).toBe('no-worker');
    liveness.toolRegistered('report', 10);
    expect(liveness.status('report', 10)).toBe('live');
    liveness.toolRemoved('report');
    expect(liveness.status('report', 10)).toBe('no-worker');
  });

  it('waits for the first heartbeat of a tool that is just registered', () => {
    const liveness = started();
    expect(liveness.status('report', WORKER_PATIENCE_MS)).toBe('restarting');
    expect(liveness.status('report', WORKER_PATIENCE_MS + 1)).toBe('no-worker');
    liveness.heard(beat('a'), 20_000, AT);
    expect(liveness.status('report', 20_000)).toBe('live');
  });

  it('takes a killed worker for dead 15 s after its last heartbeat, and not before', () => {
    const liveness = started();
    liveness.heard(beat('a'), 1000, AT);
    expect(liveness.status('report', 8500)).toBe('live');
    expect(liveness.status('report', 8501)).toBe('restarting');
    expect(liveness.status('report', 16_000)).toBe('restarting');
    expect(liveness.status('report', 16_001)).toBe('no-worker');
    liveness.heard(beat('b'), 16_002, AT);
    expect(liveness.status('report', 16_002)).toBe('live');
  });

  it('counts a clean stop from its delete, unless another replica goes on', () => {
    const liveness = started();
    liveness.heard(beat('a'), 0, AT);
    liveness.heard(beat('b'), 0, AT);
    liveness.left('a', 5000);
    expect(liveness.status('report', 5000)).toBe('live');
    liveness.left('b', 6000);
    expect(liveness.status('report', 6000)).toBe('restarting');
    expect(liveness.status('report', 6000 + WORKER_PATIENCE_MS)).toBe('restarting');
    expect(liveness.status('report', 6001 + WORKER_PATIENCE_MS)).toBe('no-worker');
    liveness.left('b', 60_000);
    expect(liveness.status('report', 60_000)).toBe('no-worker');
  });

  it('begins anew with everybody known when it could not listen', () => {
    const liveness = started();
    liveness.heard(beat('a'), 0, AT);
    liveness.allJustSeen(14_000);
    expect(liveness.status('report', 14_000)).toBe('live');
    expect(liveness.status('report', 29_000)).toBe('restarting');
    expect(liveness.status('report', 29_001)).toBe('no-worker');
    // Of a replica that died long ago nothing is left to be seen.
    liveness.survey(100_000);
    liveness.allJustSeen(100_000);
    expect(liveness.status('report', 100_000)).toBe('restarting');
  });

  it('shows the live replicas of each tool, and since when each was heard without a gap', () => {
    const liveness = started();
    liveness.heard(beat('a'), 0, AT);
    liveness.heard(beat('b', ['report', 'other'], 'second-worker'), 0, AT + 1);
    liveness.heard(beat('a'), 6000, AT + 6000);
    const of = (tool: string, time: number): unknown[] =>
      (liveness.survey(time).get(tool) ?? []).map(({ replica, worker, seenSince }) => [replica, worker, seenSince]);
    expect(of('report', 7500)).toEqual([
      ['a', 'reports-worker', AT],
      ['b', 'second-worker', AT + 1],
    ]);
    expect(of('other', 7500)).toEqual([['b', 'second-worker', AT + 1]]);
    expect(of('report', 8000)).toEqual([['a', 'reports-worker', AT]]);
    expect(of('report', 30_000)).toEqual([]);
    liveness.heard(beat('a'), 31_000, AT + 31_000);
    expect(of('report', 31_000)).toEqual([['a', 'reports-worker', AT + 31_000]]);
  });

  it('has a worker exactly when there was a sign of one in the last 15 s, whatever happens', () => {
    const step = fc.record({
      waitMs: fc.integer({ min: 0, max: 10_000 }),
      what: fc.constantFrom('heard', 'left', 'nothing', 'survey'),
      replica: fc.constantFrom('a', 'b'),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const liveness = started();
        const heardAt = new Map<string, number>();
        let signAt = 0;
        let time = 0;
        for (const { waitMs, what, replica } of steps) {
          time += waitMs;
          if (what === 'heard') {
            liveness.heard(beat(replica), time, AT);
            heardAt.set(replica, time);
            signAt = time;
          } else if (what === 'left') {
            liveness.left(replica, time);
            if (time - (heardAt.get(replica) ?? -Infinity) <= WORKER_PATIENCE_MS) signAt = time;
            heardAt.delete(replica);
          } else if (what === 'survey') {
            expect(liveness.survey(time).get('report') ?? []).toHaveLength(
              [...heardAt.values()].filter((at) => time - at <= 7500).length,
            );
          }
          const isLive = [...heardAt.values()].some((at) => time - at <= 7500);
          const expected = isLive ? 'live' : time - signAt <= WORKER_PATIENCE_MS ? 'restarting' : 'no-worker';
          expect(liveness.status('report', time)).toBe(expected);
        }
      }),
    );
  });
});
