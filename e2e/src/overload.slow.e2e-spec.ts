import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ToolCallFinished } from '@interject/contracts';
import { eventually } from '@interject/testing';
import { expectPassed } from './harness/expect-passed.js';
import { Flood } from './harness/flood.js';
import type { FloodRequest } from './harness/flood.js';
import { InterjectSystem } from './harness/interject-system.js';
import { reportCall } from './harness/scenarios.js';

/** All of them at once are more than may be in work, and several times what the gateway does in time. */
const CONNECTIONS = 3000;
const FLOOD_MS = 10_000;
/** One webhook in so many asks for a job; the others tell who speaks. */
const ASKING = 10;
const CALLS = 200;
const TOOL = 'build_report';
const MIB = 1024 * 1024;
/** The gateway at rest has 100 to 150 MB; bodies may take 64, requests in work and their sockets the rest. */
const MAX_RSS = 600 * MIB;
/** What a prompt and the words so far add to every webhook. */
const PROMPT = 'You are the friendly voice of a bakery. '.repeat(120);

function webhook(index: number): FloodRequest {
  const callId = `flooded-${String(index % CALLS)}`;
  const common = { call: { id: callId }, assistant: { model: { messages: [{ role: 'system', content: PROMPT }] } } };
  if (index % ASKING !== 0) {
    const status = index % 2 === 0 ? 'started' : 'stopped';
    return { id: 'speech', body: { message: { ...common, type: 'speech-update', role: 'user', status } } };
  }
  const id = `flood_${String(index)}`;
  const toolCall = { id, type: 'function', function: { name: TOOL, arguments: { region: 'north' } } };
  const message = {
    ...common,
    type: 'tool-calls',
    toolCallList: [toolCall],
    toolCalls: [toolCall],
    toolWithToolCallList: [{ type: 'function', async: true, function: { name: TOOL }, toolCall }],
  };
  return { id, body: { message } };
}

describe('a flood of several times what a gateway can do', () => {
  let system: InterjectSystem;

  beforeAll(async () => {
    system = await InterjectSystem.start();
  }, 60_000);
  afterAll(async () => {
    await system.stop();
  }, 60_000);

  async function figure(name: string): Promise<number> {
    const text = await system.service('gateway').metrics();
    const lines = text.split('\n').filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `));
    return lines.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0);
  }

  /** Results by the id of their tool call. */
  async function results(): Promise<Map<string, number>> {
    const counts = new Map<string, number>();
    for (const { data } of await system.inspector.messages('CALL_EVENTS', /\.result\./)) {
      const { toolCallId } = data as ToolCallFinished;
      counts.set(toolCallId, (counts.get(toolCallId) ?? 0) + 1);
    }
    return counts;
  }

  it('is shed: what is let in is done once, the rest is told when to come again, and other calls go on', async () => {
    system.backend.hold();
    const playing = system.simulator.play(reportCall('a call of before', { withinMs: 120_000 }));
    await system.backend.received(1);

    let sent = 0;
    const flood = new Flood(system.gatewayPort, () => webhook((sent += 1)));
    const flooding = flood.run(CONNECTIONS, FLOOD_MS);
    let isOver = false;
    void flooding.finally(() => {
      isOver = true;
    });
    let largest = 0;
    const live: number[] = [];
    const watching = (async () => {
      while (!isOver) {
        const { managementPort } = system.service('gateway');
        live.push((await fetch(`http://127.0.0.1:${String(managementPort)}/health/live`)).status);
        largest = Math.max(largest, await figure('process_resident_memory_bytes'));
        await setTimeout(250);
      }
    })();
    await setTimeout(1000);
    system.backend.release();
    const [played] = await Promise.all([playing, flooding, watching]);

    // The caller of the other call heard the result while the gateway was flooded.
    expectPassed(played);
    expect(live.length).toBeGreaterThan(3);
    expect(live.every((status) => status === 200)).toBe(true);
    expect(largest).toBeLessThan(MAX_RSS);
    expect(flood.cut).toBe(0);

    const refused = flood.answers.filter(({ status }) => status !== 200);
    const asked = flood.answers.filter(({ id }) => id !== 'speech');
    const admitted = asked.filter(({ status }) => status === 200).map(({ id }) => id);
    expect(refused.length).toBeGreaterThan(0);
    expect(admitted.length).toBeGreaterThan(0);
    expect(refused.filter(({ status, retryAfter }) => status !== 503 || !(Number(retryAfter) > 0))).toEqual([]);
    expect(await figure('interject_shed_total')).toBeGreaterThanOrEqual(refused.length);

    // All of what was let in, each once; of what was refused nothing but what was stored after its 503 all the same.
    const counts = await eventually(
      async () => {
        const found = await results();
        return admitted.every((id) => found.has(id)) ? found : undefined;
      },
      { timeoutMs: 240_000, intervalMs: 1000 },
    );
    expect([...counts.values()].every((count) => count === 1)).toBe(true);
    process.stdout.write(
      `${JSON.stringify({
        answered: flood.answers.length,
        refused: refused.length,
        toolCallsAdmitted: admitted.length,
        toolCallsRefused: asked.length - admitted.length,
        speechDropped: await figure('interject_floor_events_dropped_total'),
        largestRssMiB: Math.round(largest / MIB),
      })}\n`,
    );

    // And after it all is as before.
    expectPassed(await system.simulator.play(reportCall('a call of after', { withinMs: 120_000 })));
  }, 420_000);
});
