import { expect } from '@jest/globals';
import { TIME_FACTOR } from '../environment.js';
import { job, planCall, SLOW_RENDER, talk } from '../scenarios.js';
import type { PlanCallOptions } from '../scenarios.js';
import { eventsOf, histories, historyIn, postsTo, undeliveredOf } from '../stage.js';
import type { Stage } from '../stage.js';

const ASKS = { caller: 'Please look that up for me.' };
const TEXT = 'The red one is in stock, and the blue one comes tomorrow.';
const CONTEXT = 'the caller may not have heard it';

/** One result of `tool`, and a caller who waits for a while. */
function result(tool: string, waitMs: number, more: Partial<PlanCallOptions>): object {
  const { steps: between = [], ...rest } = more;
  return planCall({
    tools: [tool],
    ...rest,
    steps: [ASKS, { toolCalls: [job(tool, TEXT, 1000)] }, ...between, { wait: waitMs }],
  });
}

const EVERY_EVENT = [
  'tool-calls',
  'status-update',
  'speech-update',
  'user-interrupted',
  'end-of-call-report',
  'assistant.started',
];

/** What became of what was to be said. The system has no private key of Vapi: what no webhook tells is not known. */
export function ledgerScenes(stage: Stage): void {
  const scene = stage.scene.bind(stage);

  scene(
    'undelivered, control-unreachable: 503 for good',
    result('plain', 46_000, {
      faults: { controlErrors: { status: 503, nth: 'all' } },
      expect: [{ never: '/./' }],
    }),
    async ({ system, callId }) => {
      const { allStates, last } = await historyIn(system, callId);
      expect(allStates).toMatch(/^(sending sending~ )+sending undelivered$/);
      expect(last).toMatchObject({ reason: 'control-unreachable', attempt: 0 });
      expect(await undeliveredOf(system, callId)).toMatchObject([{ reason: 'control-unreachable', text: TEXT }]);
    },
  );

  scene(
    'heard: with every time on the way',
    result('plain', 6000, { expect: [{ heard: TEXT, times: 1 }] }),
    async ({ system, callId }) => {
      const { states, last } = await historyIn(system, callId);
      expect(states).toBe('sending heard');
      const { queuedAt, heldAt = queuedAt, sendingAt = 0, sentAt = 0, speakingAt = 0, endedAt = 0 } = last.times;
      const times = [queuedAt, heldAt, sendingAt, sentAt, speakingAt, endedAt];
      expect([...times].sort((a, b) => a - b)).toEqual(times);
      expect(queuedAt).toBeGreaterThan(Date.now() - 120_000);
    },
  );

  scene(
    'unconfirmed: accepted and never spoken; not said again, the model is told',
    result('plain', 18_000, { faults: { silentDrop: { nth: 1 } }, expect: [{ never: '/./' }, { context: CONTEXT }] }),
    async ({ system, callId, call }) => {
      expect((await historyIn(system, callId)).states).toBe('sending unconfirmed');
      expect(eventsOf(call, 'speech-dropped')).toHaveLength(1);
      expect(postsTo(call)).toBe(2);
    },
  );

  scene(
    'unconfirmed, plan repeat: said once more',
    result('sure', 18_000, { faults: { silentDrop: { nth: 1 } }, expect: [{ heard: TEXT, times: 1 }] }),
    async ({ system, callId, call }) => {
      expect((await historyIn(system, callId)).states).toBe('sending unconfirmed~ sending heard');
      expect(postsTo(call)).toBe(2);
    },
  );

  scene(
    'unconfirmed, plan drop: the model is not told either',
    result('forgotten', 18_000, { faults: { silentDrop: { nth: 1 } }, expect: [{ never: '/./' }] }),
    async ({ system, callId, call }) => {
      expect((await historyIn(system, callId)).states).toBe('sending unconfirmed');
      expect(postsTo(call)).toBe(1);
    },
  );

  scene(
    'spoken late, but in time: heard',
    result('plain', 16_000, {
      faults: { lateRender: { delayMs: 6000, nth: 1 } },
      expect: [{ heard: TEXT, times: 1 }],
    }),
    async ({ system, callId, call }) => {
      expect((await historyIn(system, callId)).states).toBe('sending heard');
      expect(postsTo(call)).toBe(1);
    },
  );

  scene(
    'spoken too late: unconfirmed, and not said twice',
    result('plain', 24_000, {
      faults: { lateRender: { delayMs: 16_000, nth: 1 } },
      expect: [{ heard: TEXT, times: 1 }],
    }),
    async ({ system, callId }) => {
      expect((await historyIn(system, callId)).states).toBe('sending unconfirmed');
    },
  );

  scene(
    'a 500 that was not accepted: said once more after the time in which it would have been heard',
    result('plain', 24_000, {
      faults: { controlErrors: { status: 500, nth: 1, accepted: false } },
      expect: [{ heard: TEXT, times: 1 }],
    }),
    async ({ system, callId, call }) => {
      const { states, last } = await historyIn(system, callId);
      expect(states).toBe('sending sending heard');
      expect(last.attempt).toBe(2);
      expect(postsTo(call)).toBe(2);
    },
  );

  scene(
    'a 500 that was accepted all the same: heard, and not said twice',
    result('plain', 8000, {
      faults: { controlErrors: { status: 500, nth: 1, accepted: true } },
      expect: [{ heard: TEXT, times: 1 }],
    }),
    async ({ system, callId, call }) => {
      expect((await historyIn(system, callId)).states).toBe('sending heard');
      expect(postsTo(call)).toBe(1);
    },
  );

  scene(
    'no answer, but accepted: heard, and not said twice',
    result('plain', 29_000, {
      faults: { controlHang: { forMs: 60_000, nth: 1, accepted: true } },
      expect: [{ heard: TEXT, times: 1 }],
    }),
    async ({ system, callId, call }) => {
      expect((await historyIn(system, callId)).states).toBe('sending heard');
      expect(postsTo(call)).toBe(1);
    },
  );

  scene(
    'a burst of 503: put back until it is over, then heard',
    result('plain', 16_000, {
      faults: { controlErrors: { status: 503, nth: 1, forMs: 3000 } },
      expect: [{ heard: TEXT, times: 1 }],
    }),
    async ({ system, callId }) => {
      const { allStates, last } = await historyIn(system, callId);
      expect(allStates).toMatch(/^(sending sending~ )+sending heard$/);
      expect(last.attempt).toBe(1);
    },
  );

  scene(
    'undelivered, control-refused: the call lives and says no',
    result('plain', 6000, {
      faults: { controlErrors: { status: 400, nth: 'all' } },
      expect: [{ never: '/./' }],
    }),
    async ({ system, callId, call }) => {
      expect(await historyIn(system, callId)).toMatchObject({
        states: 'sending undelivered',
        last: { reason: 'control-refused' },
      });
      expect(await undeliveredOf(system, callId)).toMatchObject([{ reason: 'control-refused', text: TEXT }]);
      expect(postsTo(call)).toBe(1);
    },
  );

  scene(
    'undelivered, no-control-url: no webhook shows one, and Vapi may not be asked',
    result('plain', 6000, { shape: { monitor: false }, expect: [{ never: '/./' }] }),
    async ({ system, callId }) => {
      expect(await historyIn(system, callId)).toMatchObject({
        last: { state: 'undelivered', reason: 'no-control-url' },
      });
      expect(await undeliveredOf(system, callId)).toMatchObject([{ reason: 'no-control-url', text: TEXT }]);
    },
  );

  scene(
    'undelivered, call-ended: the caller hangs up while it waits',
    planCall({
      tools: ['plain'],
      steps: [ASKS, { toolCalls: [job('plain', TEXT, 1000)] }, { caller: talk(4000) }, { hangUp: true }],
      expect: [{ never: '/./' }],
    }),
    async ({ system, callId, call }) => {
      expect(await historyIn(system, callId)).toMatchObject({ states: 'undelivered', last: { reason: 'call-ended' } });
      expect(await undeliveredOf(system, callId)).toMatchObject([
        {
          reason: 'call-ended',
          endedReason: 'customer-ended-call',
          tool: 'plain',
          outcome: 'succeeded',
          text: TEXT,
          data: { text: TEXT },
          arguments: { text: TEXT },
          requestedAt: expect.any(Number),
        },
      ]);
      expect(postsTo(call)).toBe(0);
    },
  );

  scene(
    'undelivered, unspeakable: nothing but markup',
    planCall({
      tools: ['plain'],
      steps: [ASKS, { toolCalls: [job('plain', '*** ---', 500)] }, { wait: 5000 }],
      expect: [{ never: '/./' }],
    }),
    async ({ system, callId }) => {
      expect(await historyIn(system, callId)).toMatchObject({ states: 'undelivered', last: { reason: 'unspeakable' } });
      expect(await undeliveredOf(system, callId)).toMatchObject([{ reason: 'unspeakable' }]);
    },
  );

  scene(
    'a control URL that asks for the public key gets it',
    result('plain', 5000, { faults: { controlAuthentication: true }, expect: [{ heard: TEXT, times: 1 }] }),
    async ({ system, callId }) => {
      expect((await historyIn(system, callId)).states).toBe('sending heard');
    },
  );

  scene(
    'short speech of the model after a word of the caller is not taken for ours, which comes late',
    result('plain', 12_000, {
      faults: { lateRender: { delayMs: 5000, nth: 1 } },
      autoReply: { latencyMs: 600, text: 'Yes.' },
      steps: [{ waitForControl: 1 }, { caller: 'Hello?' }],
      expect: [
        { heard: 'Yes.', from: 'assistant', times: 2 },
        { heard: TEXT, times: 1 },
      ],
    }),
    async ({ system, callId, call }) => {
      const { states, last } = await historyIn(system, callId);
      expect(states).toBe('sending heard');
      // From the beginning of ours, not of the model's.
      const started = eventsOf(call, 'speech-started').find(({ source }) => source === 'say');
      const model = eventsOf(call, 'speech-started').find(({ source }) => source === 'model');
      expect(started?.atMs).toBeGreaterThan(model?.atMs ?? Infinity);
      expect((last.times.endedAt ?? 0) - (last.times.speakingAt ?? 0)).toBeGreaterThan(400);
    },
  );

  scene(
    'said together and cut off: what was over is heard, the rest is said again',
    planCall({
      tools: ['plain'],
      behaviour: SLOW_RENDER,
      // The first takes 3.7 s of the six.
      bargeIn: { intoInjectedMs: 5200, forMs: 1200, nth: 1 },
      autoReply: { latencyMs: 100, text: 'Of course.' },
      steps: [
        ASKS,
        { toolCalls: [job('plain', TEXT, 500), job('plain', 'And the bill of last month is paid by now.', 700)] },
        { waitForHeard: { text: 'bill', withinMs: 30_000 } },
      ],
      expect: [{ interrupted: TEXT, times: 1 }, { heard: '/^And the bill/', times: 1 }, { never: TEXT }],
    }),
    async ({ system, callId }) => {
      const found = await histories(system, callId, 2);
      expect(found.map(({ states }) => states)).toEqual(['sending heard', 'sending interrupted~ sending heard']);
    },
  );

  const OTHER = 'Meanwhile let me tell you about our opening hours on Saturdays.';
  scene(
    'evidence: speech of the model with another text is not ours (assistant.speechStarted)',
    result('forgotten', 16_000, {
      serverMessages: [...EVERY_EVENT, 'assistant.speechStarted'],
      faults: { silentDrop: { nth: 1 } },
      steps: [{ waitForControl: 1 }, { assistant: OTHER }],
      expect: [{ never: '/./' }, { heard: OTHER, from: 'assistant' }],
    }),
    async ({ system, callId }) => {
      expect((await historyIn(system, callId)).states).toBe('sending unconfirmed');
    },
  );

  // Longer than the time for which a text is taken for that of the moment.
  const LONG_OTHER = `${OTHER} We open at nine, and close at one, but for the second Saturday of the month, when we are closed.`;
  scene(
    'evidence: of what is spoken after our POST, force-say tells which is ours',
    planCall({
      tools: ['next_turn'],
      serverMessages: [...EVERY_EVENT, 'assistant.speechStarted'],
      behaviour: { speechStartedForSay: true },
      steps: [
        ASKS,
        { toolCalls: [job('next_turn', TEXT, 500)] },
        { assistant: talk(5000), background: true },
        { assistant: LONG_OTHER, background: true },
        { waitForHeard: { count: 1, withinMs: 40_000 } },
      ],
      expect: [
        { heard: TEXT, times: 1 },
        { heard: LONG_OTHER, from: 'assistant' },
      ],
    }),
    async ({ system, callId, call }) => {
      const { states, last } = await historyIn(system, callId);
      expect(states).toBe('sending heard');
      const [sent] = eventsOf(call, 'control-received');
      const starts = eventsOf(call, 'speech-started').filter(({ atMs }) => atMs > (sent?.atMs ?? 0));
      expect(starts.map(({ source }) => source)).toEqual(['script', 'say']);
      // Its time is that of ours, not of the model's before it.
      const seenAfter = ((last.times.speakingAt ?? 0) - (last.times.sendingAt ?? 0)) * TIME_FACTOR;
      const between = ((starts[0]?.atMs ?? 0) + (starts[1]?.atMs ?? 0)) / 2 - (sent?.atMs ?? 0);
      expect(seenAfter).toBeGreaterThan(between);
    },
  );

  scene(
    'evidence: what stands in the history was said, even if no speech event tells; it is not said again',
    result('sure', 18_000, {
      serverMessages: [...EVERY_EVENT, 'conversation-update'],
      faults: { loseSpeechUpdate: { role: 'assistant', status: 'any', nth: 'all' } },
      expect: [{ heard: TEXT, times: 1 }],
    }),
    async ({ system, callId, call }) => {
      expect((await historyIn(system, callId)).states).toBe('sending unconfirmed');
      expect(postsTo(call)).toBe(1);
    },
  );
}
