import { createHmac } from 'node:crypto';
import { expect } from '@jest/globals';
import { EventFactory } from '@interject/contracts';
import type { ToolCallFinished, ToolCallProgressed, ToolCallRequested } from '@interject/contracts';
import { eventually } from '@interject/testing';
import type { FollowUpRequest } from '../backend.js';
import { TIME_FACTOR } from '../environment.js';
import type { InterjectSystem } from '../interject-system.js';
import { job, planCall } from '../scenarios.js';
import { histories, historyIn, postsTo, undeliveredOf } from '../stage.js';
import type { Stage } from '../stage.js';

const ASKS = { caller: 'Please do that for me.' };
/** Signs what goes to the follow-up webhook. */
export const FOLLOW_UP_SECRET = 'follow-up-secret-of-e2e';
const real = (ms: number): number => ms * TIME_FACTOR;

async function toolCallIn(system: InterjectSystem, callId: string): Promise<ToolCallRequested> {
  return eventually(async () => {
    const messages = await system.inspector.messages('TOOL_CALLS');
    return messages.map(({ data }) => data as ToolCallRequested).find((request) => request.callId === callId);
  });
}

async function resultIn(system: InterjectSystem, callId: string): Promise<ToolCallFinished> {
  return eventually(async () => {
    const messages = await system.inspector.messages('CALL_EVENTS', /\.result\./);
    return messages.map(({ data }) => data as ToolCallFinished).find((result) => result.callId === callId);
  });
}

/** Requests of the follow-up worker about a call; waits for `count`. */
async function followUpsOf(system: InterjectSystem, callId: string, count: number): Promise<FollowUpRequest[]> {
  return eventually(
    () => {
      const found = system.backend.followUps.filter(({ body }) => body['callId'] === callId);
      return found.length >= count ? found : undefined;
    },
    { timeoutMs: 20_000 },
  );
}

function expectSigned({ headers, text }: FollowUpRequest): void {
  const [, t = '', v1] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(headers['x-interject-signature'])) ?? [];
  expect(v1).toBe(createHmac('sha256', FOLLOW_UP_SECRET).update(`${t}.${text}`).digest('hex'));
}

/** The time that a job takes, and its end without a call. */
export function companyScenes(stage: Stage): void {
  const scene = stage.scene.bind(stage);

  scene(
    'the caller is kept company, up to a budget, until the result is there',
    planCall({
      tools: ['with_company'],
      steps: [ASKS, { toolCalls: [job('with_company', 'The yearly report is ready.', real(3800))] }],
      expect: [
        { order: ['I am still on it', 'It takes a moment longer', 'yearly report'] },
        { heard: 'I am still on it', times: 1 },
        { heard: 'It takes a moment longer', times: 1 },
        { heard: 'yearly report', times: 1, withinMs: 60_000 },
        { startsAfter: { text: 'I am still on it', since: 'callerStopped', afterMs: real(1000) } },
        { startsAfter: { text: 'It takes a moment longer', since: 'assistantStopped', afterMs: real(1000) } },
      ],
    }),
    async ({ system, callId }) => {
      const found = await histories(system, callId, 3);
      expect(found.map(({ last, states }) => `${last.source}: ${states}`)).toEqual([
        'filler: sending heard',
        'filler: sending heard',
        'result: sending heard',
      ]);
    },
  );

  stage.meddled(
    'progress has a budget: a gap, a maximum, and the last one is kept',
    planCall({
      tools: ['plain'],
      steps: [ASKS, { toolCalls: [job('plain', 'Your move is done.', real(4200))] }],
      expect: [
        { order: ['Step one', 'Step four', 'move is done'] },
        { never: '/Step (two|three|five)/' },
        { heard: 'move is done', times: 1, withinMs: 60_000 },
        { startsAfter: { text: 'Step four', since: 'assistantStopped', afterMs: real(1000) } },
      ],
    }),
    async ({ system, callId }) => {
      const request = await toolCallIn(system, callId);
      const report = async (sequence: number, word: string): Promise<void> => {
        const { toolCallId, tool } = request;
        const speech = { minGapMs: 1200, maxCount: 2 };
        const data: ToolCallProgressed = {
          callId,
          toolCallId,
          tool,
          text: `Step ${word}.`,
          sequence,
          at: Date.now(),
          speech,
        };
        await system.inspector.publish(new EventFactory(16).progress(data).subject, JSON.stringify(data));
      };
      const heard = async (count: number): Promise<void> => {
        await eventually(
          async () => (await histories(system, callId)).filter(({ last }) => last.state === 'heard').length >= count,
          { intervalMs: 20 },
        );
      };
      await report(1, 'one');
      await heard(1);
      await report(2, 'two');
      await report(3, 'three');
      await report(4, 'four');
      await heard(2);
      await report(5, 'five');
    },
    async ({ system, callId }) => {
      const found = await histories(system, callId, 6);
      expect(found.map(({ last }) => `${last.source}: ${last.state} ${last.reason ?? ''}`.trim())).toEqual([
        'progress: heard',
        'progress: replaced',
        'progress: replaced',
        'progress: heard',
        'progress: undelivered hold-policy',
        'result: heard',
      ]);
      // Nobody follows up on a progress report.
      const followUps = system.backend.followUps.filter(({ body }) => body['callId'] === callId);
      expect(followUps).toEqual([]);
    },
  );

  scene(
    'it fails: the caller is told so',
    planCall({
      tools: ['refused'],
      steps: [ASKS, { toolCalls: [{ tool: 'refused', arguments: {} }] }],
      expect: [{ heard: 'The archive is closed today', times: 1 }],
    }),
    async ({ system, callId }) => {
      expect((await historyIn(system, callId)).states).toBe('sending heard');
      expect(await resultIn(system, callId)).toMatchObject({ outcome: 'failed', attempts: 1 });
    },
  );

  scene(
    'it takes too long: the caller is told so',
    planCall({
      tools: ['too_slow'],
      steps: [ASKS, { toolCalls: [job('too_slow', 'This comes too late.', real(3000))] }, { wait: real(3000) }],
      expect: [{ heard: 'The archive did not answer in time', times: 1 }, { never: 'too late' }],
    }),
    async ({ system, callId }) => {
      expect((await historyIn(system, callId)).states).toBe('sending heard');
      expect(await resultIn(system, callId)).toMatchObject({ outcome: 'timed-out' });
    },
  );

  const hangingUp = (tool: string, text: string, ms: number): object =>
    planCall({
      tools: [tool],
      steps: [ASKS, { toolCalls: [job(tool, text, ms)] }, { wait: 1500 }, { hangUp: true }],
      expect: [{ never: '/./' }],
    });

  scene(
    'the call ends, finish: the result goes to the follow-up webhook, signed, again until it is taken',
    hangingUp('finished', 'Your table is booked.', real(1500)),
    async ({ system, callId, call }) => {
      expect((await historyIn(system, callId)).states).toBe('undelivered');
      const found = await followUpsOf(system, callId, 2);
      expect(found).toHaveLength(2);
      expect(new Set(found.map(({ idempotencyKey }) => idempotencyKey)).size).toBe(1);
      for (const each of found) {
        expectSigned(each);
        expect(each.body).toMatchObject({
          id: each.idempotencyKey,
          callId,
          tool: 'finished',
          reason: 'call-ended',
          endedReason: 'customer-ended-call',
          outcome: 'succeeded',
          text: 'Your table is booked.',
          data: { text: 'Your table is booked.' },
          arguments: { text: 'Your table is booked.', ms: 1500 },
          requestedAt: expect.any(Number),
          at: expect.any(Number),
        });
      }
      expect(postsTo(call)).toBe(0);
    },
  );

  scene(
    'the call ends, cancel: the job is given up, and that is told too',
    hangingUp('cancelled', 'Nobody wants this any more.', real(20_000)),
    async ({ system, callId, call }) => {
      expect(await resultIn(system, callId)).toMatchObject({ outcome: 'cancelled' });
      expect((await historyIn(system, callId)).states).toBe('undelivered');
      expect(await undeliveredOf(system, callId)).toMatchObject([{ reason: 'call-ended', outcome: 'cancelled' }]);
      expect(system.backend.abandonedJobs).toContain('Nobody wants this any more.');
      expect((await followUpsOf(system, callId, 1))[0]?.body).toMatchObject({ outcome: 'cancelled' });
      expect(postsTo(call)).toBe(0);
    },
  );

  async function limitsNear(system: InterjectSystem, limit: string): Promise<number> {
    const line = new RegExp(`^interject_call_limits_near_total\\{limit="${limit}"\\} (\\d+)$`, 'm');
    return Number(line.exec(await system.service('notifier').metrics())?.[1] ?? 0);
  }

  // Limits of Vapi are told in its own seconds, so these calls run no faster than real ones.
  scene(
    'silence is about to end the call: counted, and a line is said that keeps it up',
    planCall({
      timeFactor: 1,
      tools: ['with_warning'],
      behaviour: { silenceTimeoutMs: 3000, characterMs: 20, endedLagMs: 100, endReportLagMs: 100 },
      lingerMs: 500,
      steps: [
        { caller: 'Please look.' },
        { toolCalls: [job('with_warning', 'It is found.', real(4000))] },
        { waitForHeard: 'It is found' },
      ],
      expect: [
        { order: ['Are you still there?', 'It is found'] },
        { startsAfter: { text: 'Are you still there?', since: 'callerStopped', afterMs: 1500, withinMs: 2900 } },
        { ended: 'customer-ended-call' },
      ],
    }),
    async ({ system }) => {
      expect(await limitsNear(system, 'silence')).toBeGreaterThanOrEqual(1);
    },
  );

  scene(
    'the longest duration of a call is near: counted',
    planCall({
      timeFactor: 1,
      tools: ['plain'],
      behaviour: { maxDurationMs: 6000, characterMs: 20, endedLagMs: 100, endReportLagMs: 100 },
      lingerMs: 500,
      steps: [
        { caller: 'Please look.' },
        { toolCalls: [job('plain', 'It is found.', real(3500))] },
        { waitForHeard: 'It is found' },
      ],
      expect: [{ heard: 'It is found' }],
    }),
    async ({ system }) => {
      expect(await limitsNear(system, 'duration')).toBeGreaterThanOrEqual(1);
    },
  );
}
