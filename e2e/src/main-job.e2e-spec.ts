import { describe, expect } from '@jest/globals';
import { DEFAULT_FAILURE_TEXT } from '@interject/contracts';
import type { ToolCallFinished } from '@interject/contracts';
import { eventually } from '@interject/testing';
import { BUILD_REPORT, PATIENT, report, reportCall } from './harness/scenarios.js';
import { histories, historyIn, Stage } from './harness/stage.js';
import type { InterjectSystem } from './harness/interject-system.js';

/** Number of results stored for a call. */
async function resultsOf(system: InterjectSystem, callId: string): Promise<number> {
  const messages = await system.inspector.messages('CALL_EVENTS', /\.result\./);
  return messages.filter(({ data }) => (data as ToolCallFinished).callId === callId).length;
}

describe('an async tool call', () => {
  const stage = new Stage();
  const scene = stage.scene.bind(stage);

  scene('is spoken back into its call, once, and known to be heard', reportCall('north'), async (ended) => {
    const { system, callId, played } = ended;
    expect(played.heard).toEqual([report('north')]);
    expect((await historyIn(system, callId)).states).toBe('sending heard');
    expect(system.backend.requests.filter(({ body }) => body['region'] === 'north')).toEqual([
      { idempotencyKey: expect.stringMatching(/^[a-z2-7]{26}$/), body: { region: 'north' } },
    ]);
  });

  scene(
    'can be looked up afterwards: what was asked and what became of it',
    reportCall('looked up'),
    async ({ system, callId }) => {
      const { status, body } = await eventually(async () => {
        const answer = await system.api(`/calls/${callId}`);
        return (answer.body as { status?: string }).status === 'ended' ? answer : undefined;
      });
      expect(status).toBe(200);
      expect(body).toMatchObject({
        callId,
        endedReason: 'customer-ended-call',
        toolCalls: [{ tool: 'build_report' }],
        utterances: [{ state: 'heard', times: { queuedAt: expect.any(Number), endedAt: expect.any(Number) } }],
      });
      expect(await system.api('/calls/no-such-call')).toMatchObject({ status: 404 });
    },
  );

  const calls = 8;
  scene(
    'never reaches another call, with many at once',
    {
      ...reportCall('region {{call}}', { name: 'many', calls }),
      expect: [
        { heard: 'Your region {{call}} report', times: 1 },
        { heard: 'report is ready', times: 1 },
      ],
    },
    async ({ system, played }) => {
      expect(new Set(played.heard).size).toBe(calls);
      for (const { callId } of played.calls) {
        expect((await historyIn(system, callId)).states).toBe('sending heard');
      }
    },
  );

  scene(
    'is done and said once, however often the webhook comes',
    reportCall('twice', { deliver: 3 }),
    async ({ system, callId }) => {
      expect(system.backend.requests.filter(({ body }) => body['region'] === 'twice')).toHaveLength(1);
      expect(await resultsOf(system, callId)).toBe(1);
      expect(await histories(system, callId)).toHaveLength(1);
    },
  );

  scene(
    'is refused by name when nobody runs it: nothing is queued, and the caller hears that it failed',
    {
      tools: [{ ...BUILD_REPORT, name: 'no_such_tool' }],
      behaviour: PATIENT,
      steps: [
        { toolCalls: [{ tool: 'no_such_tool', arguments: {} }] },
        { waitForHeard: { count: 1, withinMs: 40_000 } },
        { after: 1500, hangUp: true },
      ],
      expect: [{ reply: { status: 200, error: 'not available' } }, { heard: DEFAULT_FAILURE_TEXT, times: 1 }],
    },
    async ({ system, callId }) => {
      expect(await system.inspector.messages('TOOL_CALLS', /no_such_tool/)).toEqual([]);
      expect(await resultsOf(system, callId)).toBe(1);
    },
  );
});
