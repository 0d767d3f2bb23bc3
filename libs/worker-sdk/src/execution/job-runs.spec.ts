import 'reflect-metadata';
import { describe, expect, it, jest } from '@jest/globals';
import { EventTypes } from '@interject/contracts';
import type { ToolCallRestarted } from '@interject/contracts';
import { VirtualClock } from '@interject/testing';
import { handlerRegistration } from '../definition/handler-registration.js';
import { NoArguments } from '../no-arguments.js';
import { ToolBench } from '../testing/tool-bench.js';
import type { ToolHandlerOptions } from '../tool.types.js';
import { JobHandedBackError } from './job.errors.js';

function setUp(run: () => unknown, over: Partial<ToolHandlerOptions> = {}) {
  const clock = new VirtualClock();
  const options = { name: 'build_report', description: 'Builds.', arguments: NoArguments, ...over };
  const bench = new ToolBench(handlerRegistration(options, { run }, 'Spec'), clock);
  const restarts = () =>
    bench.sink.published
      .filter(({ type }) => type === EventTypes.Restarted)
      .map(({ data }) => (data as ToolCallRestarted).runs);
  const ran = (runs: number) => {
    const job = { callId: 'call-1', toolCallId: 'tool-call-1', tool: 'build_report' };
    return bench.sink.publish(bench.sink.events.restarted({ ...job, runs, at: clock.now() }));
  };
  return { bench, clock, restarts, ran };
}

const hang = () => new Promise<never>(() => undefined);
const away = () => Object.assign(new Error('away'), { code: 'disconnected', retryable: true });

describe('how often a job was run', () => {
  it('is not recorded of a job that runs once', async () => {
    const { bench, restarts } = setUp(() => 'Done.');
    await bench.ask({});
    expect(bench.result?.outcome).toBe('succeeded');
    expect(restarts()).toEqual([]);
  });

  it('is not how often it was delivered: a suspended worker runs nothing', async () => {
    const { bench, restarts } = setUp(() => 'Done.', { retry: { attempts: 1 } });
    await bench.ask({}, { deliveryCount: 50 });
    expect(bench.result).toMatchObject({ outcome: 'succeeded', attempts: 1 });
    // The first delivery may have been run.
    expect(restarts()).toEqual([2]);
  });

  it.each([
    { attempts: 3, runs: 4, outcome: 'succeeded', counted: 1 },
    { attempts: 3, runs: 5, outcome: 'failed', counted: 5 },
    { attempts: 1, runs: 2, outcome: 'succeeded', counted: 1 },
    { attempts: 1, runs: 3, outcome: 'failed', counted: 3 },
  ])('ends a job of $attempts attempts after $runs runs as $outcome', async ({ attempts, runs, outcome, counted }) => {
    const handler = jest.fn(() => 'Done.');
    const { bench, ran, restarts } = setUp(handler, { retry: { attempts } });
    await ran(runs);
    await bench.ask({}, { deliveryCount: 2 });
    const isLost = outcome === 'failed';
    expect(bench.result).toMatchObject({ outcome, attempts: counted });
    expect(bench.result?.failure?.code).toBe(isLost ? 'worker-lost' : undefined);
    expect(handler).toHaveBeenCalledTimes(isLost ? 0 : 1);
    expect(restarts()).toEqual(isLost ? [runs] : [runs, runs + 1]);
  });

  it('does not grow with clean stops: the job is given back as often as need be', async () => {
    let isUp = false;
    const { bench, clock, restarts } = setUp(() => (isUp ? 'Done.' : hang()), { retry: { attempts: 1 } });
    for (let deliveryCount = 1; deliveryCount <= 10; deliveryCount += 1) {
      const call = bench.ask({}, { deliveryCount });
      const outcome = expect(call).rejects.toThrow(JobHandedBackError);
      await clock.advance(100);
      bench.shutDown();
      await clock.advance(0);
      await outcome;
    }
    isUp = true;
    await bench.run({}, { deliveryCount: 11 });
    expect(bench.result?.outcome).toBe('succeeded');
    expect(Math.max(...restarts())).toBe(1);
  });

  it('does not count a job that was given back before it had begun', async () => {
    const { bench, restarts } = setUp(() => 'Done.');
    const draining = AbortSignal.abort();
    await expect(bench.ask({}, { deliveryCount: 7, draining })).rejects.toThrow(JobHandedBackError);
    expect(restarts()).toEqual([]);
  });

  it('must be stored before the job is run again: else it comes again', async () => {
    const handler = jest.fn(() => 'Done.');
    const { bench } = setUp(handler);
    bench.sink.beforePublish = () => {
      throw away();
    };
    await expect(bench.ask({}, { deliveryCount: 2 })).rejects.toMatchObject({ code: 'disconnected' });
    expect(handler).not.toHaveBeenCalled();
    expect(bench.running).toBe(0);
  });

  it.each([
    ['cannot be stored', () => Promise.reject(away())],
    ['is not confirmed', hang],
  ])('holds up no stop when it %s', async (_case, beforePublish) => {
    const { bench, clock } = setUp(hang);
    const call = bench.ask({});
    const outcome = expect(call).rejects.toThrow(JobHandedBackError);
    await clock.advance(100);
    bench.sink.beforePublish = beforePublish;
    bench.shutDown();
    await clock.advance(300);
    await outcome;
    expect(bench.running).toBe(0);
  });
});
