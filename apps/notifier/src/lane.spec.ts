import { describe, expect, it } from '@jest/globals';
import { Log } from '@interject/observability';
import { VirtualClock } from '@interject/testing';
import { Lane } from './lane.js';
import { SeldomLog } from './seldom-log.js';

describe('Lane', () => {
  it('runs no more than its width at a time, all of them, in order', async () => {
    const lane = new Lane(3);
    const order: number[] = [];
    let running = 0;
    let most = 0;
    await Promise.all(
      Array.from({ length: 3000 }, (_, i) =>
        lane.run(async () => {
          running += 1;
          most = Math.max(most, running);
          order.push(i);
          await Promise.resolve();
          running -= 1;
        }),
      ),
    );
    expect(most).toBe(3);
    expect(order).toEqual(Array.from({ length: 3000 }, (_, i) => i));
    expect(lane.backlog).toBe(0);
  });

  it('goes on after work that failed', async () => {
    const lane = new Lane(1);
    const failing = lane.run(() => Promise.reject(new Error('no')));
    const next = lane.run(() => Promise.resolve('yes'));
    await expect(failing).rejects.toThrow('no');
    expect(await next).toBe('yes');
  });
});

describe('SeldomLog', () => {
  it('warns once in five seconds of each kind, and of how often it did not', async () => {
    const clock = new VirtualClock();
    const lines: Record<string, unknown>[] = [];
    const log = Log.create({
      service: 'spec',
      destination: { write: (line) => lines.push(JSON.parse(line) as Record<string, unknown>) },
    });
    const seldom = new SeldomLog(log, clock);
    for (let i = 0; i < 10; i += 1) seldom.warn('full', { partition: i });
    seldom.warn('other', {});
    await clock.advance(5000);
    seldom.warn('full', { partition: 10 });
    expect(lines.map(({ msg, partition, leftOut }) => [msg, partition, leftOut])).toEqual([
      ['full', 0, undefined],
      ['other', undefined, undefined],
      ['full', 10, 9],
    ]);
  });
});
