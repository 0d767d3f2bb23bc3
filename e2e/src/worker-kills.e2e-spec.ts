import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ToolCallFinished } from '@interject/contracts';
import { eventually } from '@interject/testing';
import { expectPassed } from './harness/expect-passed.js';
import { InterjectSystem } from './harness/interject-system.js';
import { LoneWorker } from './harness/lone-worker.js';
import type { Cut } from './harness/nats-proxy.js';
import { planCall } from './harness/scenarios.js';
import type { Played } from './harness/simulator.js';
import { vapiTool } from './harness/tools.js';

/** Faults take seconds of real time, which the time factor makes minutes. */
const WITHIN_MS = 200_000;
const FAILURE = 'The archive is closed for today.';

interface Stage {
  readonly title: string;
  readonly tool: string;
  readonly wishes?: object;
  readonly play: (worker: LoneWorker) => Promise<void>;
}

let system: InterjectSystem;

/** A caller asks for one job and hears what comes of it. */
async function jobCall(tool: string, text: string, heard: string): Promise<Played> {
  const scenario = planCall({
    name: text,
    tools: [],
    steps: [
      { assistant: 'Hello, how can I help you?' },
      { toolCalls: [{ tool, arguments: { text, ms: 0 } }] },
      { waitForHeard: { count: 1, withinMs: WITHIN_MS } },
      { after: 1500, hangUp: true },
    ],
    expect: [{ heard, times: 1 }],
  });
  return system.simulator.play({ ...scenario, tools: [vapiTool(tool)] });
}

async function resultsOf(tool: string): Promise<ToolCallFinished[]> {
  const events = await system.inspector.messages('CALL_EVENTS', /\.result\./);
  return events.map(({ data }) => data as ToolCallFinished).filter((result) => result.tool === tool);
}

/** Killed where the words of its process to NATS are cut off. */
function cutOff(title: string, tool: string, cut: Cut, requests: number): Stage {
  const play = async (worker: LoneWorker): Promise<void> => {
    const reached = worker.proxy.cut('.result.', cut);
    const playing = jobCall(tool, cut, cut);
    await reached;
    await worker.kill();
    await worker.next();
    expectPassed(await playing);
    // The job comes again to the next process, which runs it, or sees that it has its result.
    await worker.idle();
    expect(worker.backend.requests).toHaveLength(requests);
    expect(await resultsOf(tool)).toMatchObject([{ outcome: 'succeeded' }]);
  };
  return { title, tool, play };
}

const stages: readonly Stage[] = [
  {
    title: 'before it took the job: the next one takes it',
    tool: 'before_the_job',
    play: async (worker) => {
      await worker.kill();
      const playing = jobCall(worker.tool, 'untouched', 'untouched');
      await eventually(async () => (await system.inspector.messages('TOOL_CALLS', /before_the_job/)).length === 1);
      await worker.next();
      expectPassed(await playing);
      expect(await resultsOf(worker.tool)).toMatchObject([{ outcome: 'succeeded', attempts: 1 }]);
      expect(worker.backend.requests).toHaveLength(1);
    },
  },
  {
    title: 'while one job runs and others wait for it: the next one runs each of them, with one result',
    tool: 'while_it_runs',
    wishes: { concurrency: 1 },
    play: async (worker) => {
      worker.backend.hold();
      const texts = ['first', 'second', 'third'];
      const playing = texts.map((text) => jobCall(worker.tool, text, text));
      await worker.backend.received(1);
      await eventually(async () => (await system.inspector.messages('TOOL_CALLS', /while_it_runs/)).length === 3);
      await worker.kill();
      await worker.next();
      await worker.backend.received(2);
      worker.backend.release();
      for (const played of await Promise.all(playing)) expectPassed(played);
      const results = await resultsOf(worker.tool);
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
    play: async (worker) => {
      worker.backend.hold();
      const playing = jobCall(worker.tool, 'deadly', FAILURE);
      // One attempt and two to spare: the fourth delivery is not run any more.
      for (let run = 1; run <= 3; run += 1) {
        await worker.backend.received(run);
        await worker.kill();
        await worker.next();
      }
      expectPassed(await playing);
      const failed = { outcome: 'failed', attempts: 3, failure: { code: 'worker-lost' } };
      expect(await resultsOf(worker.tool)).toMatchObject([failed]);
      expect(worker.backend.requests).toHaveLength(3);
    },
  },
  {
    title: 'with none left: the notifier ends the job when nobody can answer any more, and the caller hears it',
    tool: 'soon_forgotten',
    wishes: { queueExpiryMs: 1000, timeoutMs: 2000, retry: { attempts: 1 }, sayOnFailure: FAILURE },
    play: async (worker) => {
      worker.backend.hold();
      const playing = jobCall(worker.tool, 'alone', FAILURE);
      await worker.backend.received(1);
      await worker.kill();
      expectPassed(await playing);
      expect(await resultsOf(worker.tool)).toMatchObject([{ outcome: 'timed-out', attempts: 0 }]);
    },
  },
];

/** All stages are played at once: the suite takes as long as its longest one. */
describe('kill -9 of a worker', () => {
  const workers: LoneWorker[] = [];
  const played = new Map<string, Promise<void>>();

  beforeAll(async () => {
    system = await InterjectSystem.start({ services: ['gateway', 'notifier'] });
    const all = await Promise.all(stages.map(({ tool, wishes }) => LoneWorker.start(system, tool, wishes)));
    workers.push(...all);
    await system.ready();
    for (const [index, { title, play }] of stages.entries()) {
      const worker = all[index];
      if (worker === undefined) continue;
      const playing = play(worker);
      playing.catch(() => undefined);
      played.set(title, playing);
    }
  }, 60_000);

  afterAll(async () => {
    await Promise.allSettled(played.values());
    await system.stop();
    await Promise.all(workers.map((worker) => worker.dispose()));
  }, 60_000);

  it.each(stages)(
    '$title',
    async ({ title }) => {
      await played.get(title);
    },
    120_000,
  );
});
