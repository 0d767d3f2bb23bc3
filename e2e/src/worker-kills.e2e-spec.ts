import { describe, expect } from '@jest/globals';
import type { ToolCallFinished } from '@interject/contracts';
import { eventually } from '@interject/testing';
import type { Cut } from '@interject/testing';
import { expectPassed } from './harness/expect-passed.js';
import type { InterjectSystem } from './harness/interject-system.js';
import type { LoneWorker } from './harness/lone-worker.js';
import { Plays } from './harness/plays.js';
import { oneJob } from './harness/scenarios.js';
import type { PlanWishes } from './harness/tools.js';

const FAILURE = 'The archive is closed for today.';

interface Stage {
  readonly title: string;
  readonly tool: string;
  readonly wishes?: PlanWishes;
  readonly play: (worker: LoneWorker, system: InterjectSystem) => Promise<void>;
}

async function resultsOf(system: InterjectSystem, tool: string): Promise<ToolCallFinished[]> {
  const events = await system.inspector.messages('CALL_EVENTS', /\.result\./);
  return events.map(({ data }) => data as ToolCallFinished).filter((result) => result.tool === tool);
}

/** Killed where the words of its process to NATS are cut off. */
function cutOff(title: string, tool: string, cut: Cut, requests: number): Stage {
  const play = async (worker: LoneWorker, system: InterjectSystem): Promise<void> => {
    const reached = worker.proxy.cut('.result.', cut);
    const playing = system.simulator.play(oneJob(tool, cut));
    await reached;
    await worker.kill();
    await worker.next();
    expectPassed(await playing);
    // The job comes again to the next process, which runs it, or sees that it has its result.
    await worker.idle();
    expect(worker.backend.requests).toHaveLength(requests);
    expect(await resultsOf(system, tool)).toMatchObject([{ outcome: 'succeeded' }]);
  };
  return { title, tool, play };
}

const stages: readonly Stage[] = [
  {
    title: 'before it took the job: the next one takes it',
    tool: 'before_the_job',
    play: async (worker, system) => {
      await worker.kill();
      const playing = system.simulator.play(oneJob(worker.tool, 'untouched'));
      await eventually(async () => (await system.inspector.messages('TOOL_CALLS', /before_the_job/)).length === 1);
      await worker.next();
      expectPassed(await playing);
      expect(await resultsOf(system, worker.tool)).toMatchObject([{ outcome: 'succeeded', attempts: 1 }]);
      expect(worker.backend.requests).toHaveLength(1);
    },
  },
  {
    title: 'while one job runs and others wait for it: the next one runs each of them, with one result',
    tool: 'while_it_runs',
    wishes: { concurrency: 1 },
    play: async (worker, system) => {
      worker.backend.hold();
      const texts = ['first', 'second', 'third'];
      const playing = texts.map((text) => system.simulator.play(oneJob(worker.tool, text)));
      await worker.backend.received(1);
      await eventually(async () => (await system.inspector.messages('TOOL_CALLS', /while_it_runs/)).length === 3);
      await worker.kill();
      await worker.next();
      await worker.backend.received(2);
      worker.backend.release();
      for (const played of await Promise.all(playing)) expectPassed(played);
      const results = await resultsOf(system, worker.tool);
      expect(results.map(({ text }) => text).sort()).toEqual([...texts].sort());
      const keys = worker.backend.requests.map(({ idempotencyKey }) => idempotencyKey);
      expect([keys.length, new Set(keys).size]).toEqual([4, 3]);
    },
  },
  cutOff('after its handler was done, before the result was stored', 'before_the_result', 'before', 2),
  cutOff('after the result was stored, before the job was acknowledged', 'behind_the_result', 'behind', 1),
  {
    title: 'each time it runs the job: the caller hears in the end that it failed, without another run',
    tool: 'deadly',
    wishes: { retry: { attempts: 1 }, sayOnFailure: FAILURE },
    play: async (worker, system) => {
      worker.backend.hold();
      const playing = system.simulator.play(oneJob(worker.tool, 'deadly', { heard: FAILURE }));
      // One attempt and two to spare: the fourth delivery is not run any more.
      for (let run = 1; run <= 3; run += 1) {
        await worker.backend.received(run);
        await worker.kill();
        await worker.next();
      }
      expectPassed(await playing);
      const failed = { outcome: 'failed', attempts: 3, failure: { code: 'worker-lost' } };
      expect(await resultsOf(system, worker.tool)).toMatchObject([failed]);
      expect(worker.backend.requests).toHaveLength(3);
    },
  },
  {
    title: 'with none left: the notifier ends the job when nobody can answer any more, and the caller hears it',
    tool: 'soon_forgotten',
    wishes: { queueExpiryMs: 1000, timeoutMs: 2000, retry: { attempts: 1 }, sayOnFailure: FAILURE },
    play: async (worker, system) => {
      worker.backend.hold();
      const playing = system.simulator.play(oneJob(worker.tool, 'alone', { heard: FAILURE }));
      await worker.backend.received(1);
      await worker.kill();
      expectPassed(await playing);
      expect(await resultsOf(system, worker.tool)).toMatchObject([{ outcome: 'timed-out', attempts: 0 }]);
    },
  },
];

describe('kill -9 of a worker', () => {
  const plays = new Plays();
  for (const { title, tool, wishes, play } of stages) {
    plays.play(title, async (system, { worker }) => {
      await play(await worker(tool, wishes), system);
    });
  }
});
