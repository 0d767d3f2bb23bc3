import { expect } from '@jest/globals';
import { TIME_FACTOR } from '../environment.js';
import { job, planCall, SLOW_RENDER, talk } from '../scenarios.js';
import type { PlanCallOptions } from '../scenarios.js';
import { eventsOf, histories, historyIn, postsTo, undeliveredOf } from '../stage.js';
import type { Stage } from '../stage.js';
import type { EndedScene } from '../stage.js';

const ASKS = { caller: 'Please look that up for me.' };
const TEXT = 'The red one is in stock.';
const REPORT = 'The north made one point two million, the south made nine hundred thousand.';

/** The result comes while the caller says a second thing. */
function waiting(more: Partial<PlanCallOptions> & { readonly last?: readonly object[] }): object {
  const { last = [], expect: expectations = [], ...rest } = more;
  return planCall({
    tools: ['plain'],
    ...rest,
    steps: [ASKS, { toolCalls: [job('plain', TEXT, 1500)] }, { after: 300, caller: talk(3500) }, ...last],
    expect: [{ heard: TEXT, times: 1, withinMs: 30_000 }, ...expectations],
  });
}

async function heardAtOnce({ system, callId, call }: EndedScene<undefined>): Promise<void> {
  expect((await historyIn(system, callId)).states).toBe('sending heard');
  expect(postsTo(call)).toBe(1);
}

/** Who talks, and what is told of it wrongly, late or not at all. */
export function floorScenes(stage: Stage): void {
  const scene = stage.scene.bind(stage);

  scene(
    'a caller who talks at will and a model that answers are never talked over',
    planCall({
      // Turns overlap at any moment here: what is known must not be older than in a real call.
      timeFactor: TIME_FACTOR / 2,
      tools: ['firm'],
      autoReply: { latencyMs: [500, 1200], text: ['I see.', 'Of course.', 'Go on.'] },
      steps: [
        ASKS,
        { callerTalks: { everyMs: [5000, 9000], forMs: [600, 2500], seed: 7 } },
        { toolCalls: [job('firm', TEXT, 2000), job('firm', 'The dentist has time at nine.', 9000)] },
        { waitForHeard: { text: 'dentist', withinMs: 60_000 } },
        { callerTalks: 'stop' },
      ],
      expect: [{ heard: 'red one', times: 1 }, { heard: 'dentist', times: 1 }, { notOverCaller: true }],
    }),
    async ({ system, callId }) => {
      for (const { states } of await histories(system, callId, 2)) {
        expect(states).toBe('sending heard');
      }
    },
  );

  scene(
    'the assistant gets its time to answer the caller',
    waiting({
      last: [{ after: 1500, assistant: 'That is good to hear.' }],
      expect: [
        { heard: 'good to hear', from: 'assistant' },
        { startsAfter: { text: TEXT, since: 'assistantStopped', afterMs: 1200, withinMs: 4000 } },
      ],
    }),
    heardAtOnce,
  );

  scene(
    'an assistant that does not answer is waited for only so long',
    waiting({ expect: [{ startsAfter: { text: TEXT, since: 'callerStopped', afterMs: 3000, withinMs: 5500 } }] }),
    heardAtOnce,
  );

  scene(
    'a "stopped" of the caller that never comes blocks until the hold is over, not for ever',
    waiting({
      faults: { loseSpeechStopped: { role: 'user', nth: 2 } },
      expect: [{ startsAfter: { text: TEXT, since: 'toolCall', afterMs: 20_000, withinMs: 26_000 } }],
    }),
    heardAtOnce,
  );

  scene(
    'a "stopped" of the assistant that never comes blocks until the hold is over, not for ever',
    planCall({
      tools: ['plain'],
      faults: { loseSpeechStopped: { role: 'assistant', nth: 1 } },
      steps: [ASKS, { toolCalls: [job('plain', TEXT, 1500)] }, { assistant: 'I am looking.' }],
      expect: [{ heard: TEXT, times: 1, withinMs: 28_000 }],
    }),
    heardAtOnce,
  );

  scene(
    'a "started" of the caller that comes late still counts',
    waiting({ faults: { lateSpeechUpdate: { role: 'user', status: 'started', nth: 2, delayMs: 1000 } } }),
    heardAtOnce,
  );

  scene(
    'a "stopped" of the caller that comes late counts from when it happened',
    waiting({
      faults: { lateSpeechUpdate: { role: 'user', status: 'stopped', nth: 2, delayMs: 4000 } },
      expect: [{ startsAfter: { text: TEXT, since: 'callerStopped', afterMs: 4000, withinMs: 5500 } }],
    }),
    heardAtOnce,
  );

  scene(
    'a "started" that comes after its "stopped" does not set the caller speaking',
    waiting({
      faults: { lateSpeechUpdate: { role: 'user', status: 'started', nth: 2, delayMs: 4500 } },
      expect: [
        { startsAfter: { text: TEXT, since: 'callerStopped', afterMs: 0, withinMs: 6000 } },
        { notOverCaller: false },
      ],
    }),
    heardAtOnce,
  );

  scene(
    'speech events out of order: said once, and known to be heard',
    waiting({
      faults: { reorderWebhooks: { types: ['speech-update'], holdMs: 400, every: 2 } },
      last: [
        { after: 900, assistant: 'I see.' },
        { after: 600, caller: 'Good.' },
        { after: 900, assistant: 'Yes.' },
      ],
    }),
    heardAtOnce,
  );

  scene('every webhook twice: said once, and known to be heard', waiting({ deliver: 2 }), heardAtOnce);

  const LONG = talk(6000);
  scene(
    'no speech events at all: said blindly, one after the other, never known to be heard',
    planCall({
      tools: ['plain'],
      faults: { noSpeechEvents: true },
      steps: [
        ASKS,
        { toolCalls: [job('plain', LONG, 500), job('plain', 'The dentist has time.', 3500)] },
        { waitForHeard: { text: 'dentist', withinMs: 30_000 } },
        { wait: 14_000 },
      ],
      expect: [
        { order: [LONG, 'dentist'] },
        { startsAfter: { text: 'dentist', since: 'assistantStopped', afterMs: 0 } },
      ],
    }),
    async ({ system, callId, call }) => {
      const [first, second] = await histories(system, callId, 2);
      expect([first?.states, second?.states]).toEqual(['sending unconfirmed', 'sending unconfirmed']);
      const between = (second?.last.times.sendingAt ?? 0) - (first?.last.times.sentAt ?? 0);
      expect(between).toBeGreaterThanOrEqual((65 / TIME_FACTOR) * LONG.length);
      // The model is told what the caller may have missed.
      expect(eventsOf(call, 'context-added')).toHaveLength(2);
    },
  );

  scene(
    'a call that is being forwarded: nothing is said until it is back',
    waiting({ last: [{ status: 'forwarding' }, { wait: 8000 }, { status: 'in-progress' }] }),
    async (ended) => {
      await heardAtOnce(ended);
      const { call } = ended;
      const back = eventsOf(call, 'call-status')
        .filter(({ status }) => status === 'in-progress')
        .at(-1);
      expect(eventsOf(call, 'control-received')[0]?.atMs).toBeGreaterThan(back?.atMs ?? Infinity);
    },
  );

  scene(
    'a call that is forwarded for good: told to those who follow up',
    planCall({
      tools: ['plain'],
      steps: [
        ASKS,
        { toolCalls: [job('plain', TEXT, 1500)] },
        { status: 'forwarding' },
        { wait: 8000 },
        { end: { reason: 'assistant-forwarded-call' } },
      ],
      expect: [{ never: '/./' }],
    }),
    async ({ system, callId, call }) => {
      expect((await historyIn(system, callId)).states).toBe('undelivered');
      expect(await undeliveredOf(system, callId)).toMatchObject([
        { reason: 'call-ended', endedReason: 'assistant-forwarded-call', text: TEXT },
      ]);
      expect(postsTo(call)).toBe(0);
    },
  );

  /** The caller cuts in one second into the result; what Vapi tells of that is faulty. */
  const cutOff = (delivery: 'lost' | 'late' | 'twice'): object =>
    planCall({
      tools: ['plain'],
      behaviour: SLOW_RENDER,
      faults: { userInterrupted: { delivery, delayMs: 1000, nth: 1 } },
      bargeIn: { intoInjectedMs: 1000, forMs: 1500, nth: 1 },
      autoReply: { latencyMs: 100, text: 'Of course.' },
      steps: [ASKS, { toolCalls: [job('plain', REPORT, 1500)] }, { waitForHeard: { count: 1, withinMs: 30_000 } }],
      expect: [
        { interrupted: 'The north made', times: 1 },
        { heard: 'The north made', times: 1 },
      ],
    });

  for (const delivery of ['lost', 'late', 'twice'] as const) {
    scene(`user-interrupted ${delivery}: known to be interrupted, said again`, cutOff(delivery), async (ended) => {
      const { states } = await historyIn(ended.system, ended.callId);
      expect(states).toBe('sending interrupted~ sending heard');
    });
  }
}
