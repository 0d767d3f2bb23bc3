import { describe, expect } from '@jest/globals';
import type { ToolCallFinished } from '@interject/contracts';
import { eventually } from '@interject/testing';
import { expectPassed } from './harness/expect-passed.js';
import type { InterjectSystem } from './harness/interject-system.js';
import { Plays } from './harness/plays.js';
import { planCall } from './harness/scenarios.js';
import type { ServiceProcess } from './harness/service-process.js';

const ASKS = { caller: 'Please look all of that up for me.' };
/** A machine with much to do. */
const JITTER_MS = 400;
const FAILURE = 'The archive is too busy today.';

/** A caller asks for several jobs at once and hears each of them once. */
function jobsCall(tool: string, texts: readonly string[], ms: number, more: object = {}): object {
  return planCall({
    name: texts.join(' '),
    tools: [tool],
    steps: [ASKS, { toolCalls: texts.map((text) => ({ tool, arguments: { text, ms } })) }],
    expect: texts.map((text) => ({ heard: text, times: 1, withinMs: 120_000 })),
    ...more,
  });
}

async function resultsOf(system: InterjectSystem, tool: string): Promise<ToolCallFinished[]> {
  const events = await system.inspector.messages('CALL_EVENTS', /\.result\./);
  return events.map(({ data }) => data as ToolCallFinished).filter((result) => result.tool === tool);
}

async function untilStored(system: InterjectSystem, tool: string, count: number): Promise<void> {
  const subject = new RegExp(`^tool-calls\\.${tool}\\.`);
  await eventually(async () => (await system.inspector.messages('TOOL_CALLS', subject)).length === count);
}

/** How many jobs a process has done. */
async function doneBy(service: ServiceProcess, tool: string): Promise<number> {
  const line = new RegExp(`^interject_jobs_total\\{tool="${tool}",outcome="succeeded"\\} (\\d+)$`, 'm');
  return Number(line.exec(await service.metrics())?.[1] ?? 0);
}

/** Most of what began within any span of `ms`. */
function mostWithin(ms: number, times: readonly number[]): number {
  return Math.max(...times.map((from) => times.filter((time) => time >= from && time < from + ms).length));
}

describe('limits', () => {
  const plays = new Plays();

  plays.play(
    'concurrencyPerCall: a call with many jobs does not keep the others waiting',
    async (system, { worker }) => {
      const tool = 'per_call';
      const { backend } = await worker(tool, { concurrency: 3, concurrencyPerCall: 2 });
      backend.hold();
      const many = ['many one', 'many two', 'many three', 'many four', 'many five', 'many six'];
      const playing = [system.simulator.play(jobsCall(tool, many, 100))];
      await untilStored(system, tool, 6);
      await backend.received(2);
      playing.push(system.simulator.play(jobsCall(tool, ['the only one'], 100)));
      await backend.received(3);
      expect(backend.requests.map(({ body }) => String(body['text']).split(' ')[0]).sort()).toEqual([
        'many',
        'many',
        'the',
      ]);
      backend.release();
      for (const played of await Promise.all(playing)) expectPassed(played);
      expect(backend.requests).toHaveLength(7);
      expect(backend.peakOf('many')).toBe(2);
    },
  );

  plays.play('rateLimit: two replicas share it, and both work', async (system, { worker: start }) => {
    const tool = 'rated';
    const limit = 4;
    const perMs = 1000;
    const worker = await start(tool, { rateLimit: { limit, perMs } });
    const replicas = [system.service(`${tool}-1`), await worker.next()];
    await eventually(async () => {
      const metrics = await system.service('gateway').metrics();
      return metrics.includes(`interject_tool_replicas{tool="${tool}"} 2`);
    });
    const texts = ['Alpha', 'Bravo', 'Charlie', 'Delta'].map((word) => `${word} of {{call}}.`);
    const played = await system.simulator.play(jobsCall(tool, texts, 0, { calls: 4 }));
    expectPassed(played);
    const starts = worker.backend.spans.map(({ from }) => from);
    expect(starts).toHaveLength(16);
    // A request may be longer on its way than the one that was let go a second later.
    expect(mostWithin(perMs - JITTER_MS, starts)).toBeLessThanOrEqual(1.5 * limit);
    const tookMs = Math.max(...starts) - Math.min(...starts);
    expect(tookMs).toBeGreaterThan((16 / limit - 1) * perMs - JITTER_MS);
    // And what is allowed is used.
    expect(tookMs).toBeLessThan(2 * (16 / limit) * perMs);
    const done = await Promise.all(replicas.map((replica) => doneBy(replica, tool)));
    expect(Math.min(...done)).toBeGreaterThan(0);
    expect(done.reduce((sum, each) => sum + each)).toBe(16);
  });

  plays.play('a job that waits for its turn too long expires, and the caller hears it', async (system, { worker }) => {
    const tool = 'scarce';
    const { backend } = await worker(tool, {
      rateLimit: { limit: 1, perMs: 60_000 },
      queueExpiryMs: 1000,
      sayOnFailure: FAILURE,
    });
    const texts = ['One came through.', 'Two came through.'];
    const expectations = ['came through', FAILURE].map((heard) => ({ heard, times: 1, withinMs: 60_000 }));
    expectPassed(await system.simulator.play(jobsCall(tool, texts, 0, { expect: expectations })));
    const results = await resultsOf(system, tool);
    expect(results.map(({ outcome }) => outcome).sort()).toEqual(['expired', 'succeeded']);
    expect(results.find(({ outcome }) => outcome === 'expired')).toMatchObject({ attempts: 0, text: FAILURE });
    expect(backend.requests).toHaveLength(1);
  });
});
