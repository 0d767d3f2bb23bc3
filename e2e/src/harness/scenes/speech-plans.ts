import { expect } from '@jest/globals';
import { job, planCall, SLOW_RENDER, talk } from '../scenarios.js';
import { eventsOf, histories, historyIn, postsTo, undeliveredOf } from '../stage.js';
import type { EndedScene, Stage } from '../stage.js';

const THANKS = { after: 900, assistant: 'That is good to hear.' };
const ASKS = { caller: 'Please look that up for me.' };

/** Something announced by a backend service, as a step. */
const announce = (text: string, speech: object, after = 1000): object => ({
  after,
  gateway: { path: '/calls/{{callId}}/announcements', status: 202, body: { text, speech } },
});

/** The caller cuts into injected speech. */
const bargeIn = (nth: number | 'all'): object => ({ intoInjectedMs: 800, forMs: 1200, nth });
const autoReply = { latencyMs: 100, text: 'Of course.' };

async function saidAtOnce({ system, callId, call }: EndedScene<undefined>): Promise<void> {
  expect((await historyIn(system, callId)).states).toBe('sending heard');
  expect(postsTo(call)).toBe(1);
}

/** Every wish of a speech plan, seen from what the caller hears and the ledger holds. */
export function speechPlanScenes(stage: Stage): void {
  const scene = stage.scene.bind(stage);

  scene(
    'when-idle: waits for the caller and for the answer of the assistant',
    planCall({
      tools: ['plain'],
      steps: [ASKS, { toolCalls: [job('plain', 'The red one is in stock.', 1500)] }, { caller: talk(5000) }, THANKS],
      expect: [
        { heard: 'red one', times: 1 },
        { heard: 'good to hear', from: 'assistant' },
        { startsAfter: { text: 'red one', since: 'callerStopped', afterMs: 2500 } },
        { startsAfter: { text: 'red one', since: 'assistantStopped', afterMs: 1100, withinMs: 5000 } },
      ],
    }),
    async ({ system, callId, call }) => {
      const { states, last } = await historyIn(system, callId);
      expect(states).toBe('sending heard');
      expect(last).toMatchObject({ attempt: 1, tool: 'plain', source: 'result', class: 'result' });
      expect(postsTo(call)).toBe(1);
    },
  );

  scene(
    'interrupt: cuts the assistant off',
    planCall({
      tools: ['cutting_in'],
      steps: [
        ASKS,
        { toolCalls: [job('cutting_in', 'There is an alarm in your shop.', 1500)] },
        { assistant: talk(12_000), background: true },
      ],
      expect: [
        { heard: 'alarm', times: 1 },
        { startsAfter: { text: 'alarm', since: 'toolCall', afterMs: 1500, withinMs: 5000 } },
      ],
    }),
    async ({ system, callId, call }) => {
      expect((await historyIn(system, callId)).states).toBe('sending heard');
      const script = eventsOf(call, 'speech-stopped').filter(({ source }) => source === 'script');
      expect(script.map(({ outcome }) => outcome)).toEqual(['replaced']);
    },
  );

  scene(
    'next-turn: comes with the next turn of the assistant, and not before',
    planCall({
      tools: ['next_turn'],
      steps: [
        ASKS,
        { toolCalls: [job('next_turn', 'There is a discount on Fridays.', 3000)] },
        { assistant: 'Let me see.' },
        { wait: 5000 },
        { caller: 'Are you still there?' },
        { after: 900, assistant: 'Yes, I am. It is a little slow today, thank you for your patience.' },
        { waitForHeard: 'discount' },
      ],
      expect: [
        { heard: 'discount', times: 1 },
        { startsAfter: { text: 'discount', since: 'toolCall', afterMs: 6000 } },
        { startsAfter: { text: 'discount', since: 'assistantStopped', withinMs: 1500 } },
      ],
    }),
    async ({ system, callId }) => {
      expect((await historyIn(system, callId)).states).toBe('sending heard');
    },
  );

  scene(
    'assistant: the model says it in its own words, and is not made to while it speaks',
    planCall({
      tools: ['own_words'],
      behaviour: { modelReply: 'By the way: {{content}}' },
      steps: [
        ASKS,
        { toolCalls: [job('own_words', 'The order leaves today.', 800)] },
        { assistant: talk(4000) },
        { waitForHeard: 'order leaves' },
      ],
      expect: [
        { context: 'The order leaves today.' },
        { heard: 'By the way', times: 1 },
        { heard: talk(4000), from: 'assistant' },
        { startsAfter: { text: 'By the way', since: 'assistantStopped', afterMs: 1200 } },
      ],
    }),
    async ({ system, callId, call }) => {
      expect((await historyIn(system, callId)).states).toBe('sending heard');
      expect(eventsOf(call, 'context-added')).toMatchObject([{ triggers: true }]);
    },
  );

  scene(
    'silent: the model learns it, the caller hears nothing',
    planCall({
      tools: ['silent'],
      steps: [
        ASKS,
        { toolCalls: [job('silent', 'The customer has a premium contract.', 500)] },
        { waitForControl: 1 },
        { wait: 2000 },
      ],
      expect: [{ context: 'premium contract' }, { never: '/./' }],
    }),
    async ({ system, callId, call }) => {
      expect((await historyIn(system, callId)).states).toBe('sending unconfirmed');
      expect(eventsOf(call, 'context-added')).toMatchObject([{ triggers: false }]);
    },
  );

  scene(
    'urgent: comes last, is said first',
    planCall({
      tools: ['plain', 'urgent'],
      steps: [
        ASKS,
        { toolCalls: [job('plain', 'The report is ready.', 500), job('urgent', 'Your account was locked.', 2000)] },
        { caller: talk(4000) },
        THANKS,
        { waitForHeard: 'report' },
      ],
      expect: [{ order: ['locked', 'report'] }, { heard: 'locked', times: 1 }, { heard: 'report', times: 1 }],
    }),
    async ({ system, callId }) => {
      const found = await histories(system, callId, 2);
      expect(found.map(({ last, states }) => `${last.class}: ${states}`)).toEqual([
        'urgent: sending heard',
        'result: sending heard',
      ]);
    },
  );

  scene(
    'latest: only the newest of its key is said',
    planCall({
      steps: [
        { caller: talk(6000), background: true },
        announce('The taxi is five kilometres away.', { class: 'latest', replaceKey: 'taxi' }),
        announce('The train is late.', { class: 'latest', replaceKey: 'train' }),
        announce('The taxi is three kilometres away.', { class: 'latest', replaceKey: 'taxi' }),
        announce('The taxi is around the corner.', { class: 'latest', replaceKey: 'taxi' }),
        { waitForHeard: { text: 'taxi', withinMs: 30_000 } },
      ],
      expect: [{ order: ['train', 'around the corner'] }, { never: 'kilometres' }],
    }),
    async ({ system, callId }) => {
      const states = (await histories(system, callId, 4)).map((each) => each.states);
      expect(states).toEqual(['replaced', 'replaced', 'sending heard', 'sending heard']);
    },
  );

  scene(
    'latest without a key: the newest of the tool',
    planCall({
      tools: ['news'],
      steps: [
        ASKS,
        { toolCalls: [job('news', 'It stands at one.', 500)] },
        { toolCalls: [job('news', 'It stands at two.', 1500)] },
        { caller: talk(5000) },
        { waitForHeard: 'stands at' },
      ],
      expect: [{ heard: 'stands at two', times: 1 }, { never: 'stands at one' }],
    }),
    async ({ system, callId }) => {
      const states = (await histories(system, callId, 2)).map((each) => each.states);
      expect(states).toEqual(['replaced', 'sending heard']);
    },
  );

  scene(
    'expiry: what is of no use any more is not said, and told to those who follow up',
    planCall({
      tools: ['fresh_for_a_second'],
      steps: [
        ASKS,
        { toolCalls: [job('fresh_for_a_second', 'There is one seat left.', 500)] },
        { caller: talk(9000) },
        { wait: 4000 },
      ],
      expect: [{ never: '/./' }],
    }),
    async ({ system, callId, call }) => {
      expect(await historyIn(system, callId)).toMatchObject({ states: 'expired', last: { reason: 'expired' } });
      expect(await undeliveredOf(system, callId)).toMatchObject([
        { reason: 'expired', tool: 'fresh_for_a_second', outcome: 'succeeded', text: 'There is one seat left.' },
      ]);
      expect(postsTo(call)).toBe(0);
    },
  );

  /** A caller who talks on and on while a result waits. */
  const holding = (tool: string, expectations: readonly object[]): object =>
    planCall({
      tools: [tool],
      steps: [ASKS, { toolCalls: [job(tool, 'The gate closes soon.', 500)] }, { caller: talk(9000) }, { wait: 2000 }],
      expect: expectations,
    });

  scene(
    'bounded hold, speak: said all the same',
    holding('hold_then_speak', [
      { heard: 'gate', times: 1 },
      { startsAfter: { text: 'gate', since: 'toolCall', afterMs: 4500, withinMs: 7500 } },
      { notOverCaller: false },
    ]),
    async ({ system, callId }) => {
      const { states, last } = await historyIn(system, callId);
      expect(states).toBe('sending heard');
      const { heldAt = 0, sendingAt = 0 } = last.times;
      expect(sendingAt - heldAt).toBeGreaterThanOrEqual(799);
    },
  );

  scene(
    'bounded hold, silent: the model is told instead',
    holding('hold_then_tell_model', [{ context: 'gate closes' }, { never: '/./' }]),
    async ({ system, callId }) => {
      expect((await historyIn(system, callId)).states).toBe('sending unconfirmed');
    },
  );

  scene(
    'bounded hold, drop: not said, and told to those who follow up',
    holding('hold_then_drop', [{ never: '/./' }]),
    async ({ system, callId, call }) => {
      expect(await historyIn(system, callId)).toMatchObject({ states: 'undelivered', last: { reason: 'hold-policy' } });
      expect(await undeliveredOf(system, callId)).toMatchObject([{ reason: 'hold-policy', tool: 'hold_then_drop' }]);
      expect(postsTo(call)).toBe(0);
    },
  );

  const interrupting = (tool: string, nth: number | 'all', expectations: readonly object[]): object =>
    planCall({
      tools: [tool],
      behaviour: SLOW_RENDER,
      bargeIn: bargeIn(nth),
      autoReply,
      lingerMs: 5000,
      steps: [
        ASKS,
        { toolCalls: [job(tool, 'The north made one point two million, the south made nine hundred thousand.', 1500)] },
        { waitForControl: 1 },
        { wait: 6000 },
      ],
      expect: expectations,
    });

  scene(
    'callerMayInterrupt false: heard to the end whatever the caller does',
    interrupting('firm', 1, [
      { heard: 'nine hundred', times: 1 },
      { interrupted: '/./', times: 0 },
    ]),
    async ({ system, callId }) => {
      expect((await historyIn(system, callId)).states).toBe('sending heard');
    },
  );

  scene(
    'onInterrupted repeat: said again, with the words for that',
    interrupting('said_again', 1, [
      { interrupted: 'The north made', times: 1 },
      { heard: 'As I was saying: The north made', times: 1 },
    ]),
    async ({ system, callId }) => {
      const { states, last } = await historyIn(system, callId);
      expect(states).toBe('sending interrupted~ sending heard');
      expect(last.attempt).toBe(2);
    },
  );

  scene(
    'onInterrupted repeat: twice at most',
    {
      ...interrupting('plain', 'all', [{ interrupted: 'The north made', times: 3 }, { never: '/./' }]),
      lingerMs: 20_000,
    },
    async ({ system, callId, call }) => {
      const { states } = await historyIn(system, callId);
      expect(states).toBe('sending interrupted~ sending interrupted~ sending interrupted');
      expect(eventsOf(call, 'speech-accepted').filter(({ source }) => source === 'say')).toHaveLength(3);
    },
  );

  scene(
    'onInterrupted drop: not said again',
    interrupting('said_once', 'all', [{ interrupted: 'The north made', times: 1 }, { never: '/./' }]),
    async ({ system, callId }) => {
      expect((await historyIn(system, callId)).states).toBe('sending interrupted');
    },
  );

  scene(
    'endCallAfter: the last words of the call, which talking does not stop',
    planCall({
      tools: ['last_words'],
      bargeIn: { intoInjectedMs: 500, forMs: 600 },
      steps: [ASKS, { toolCalls: [job('last_words', 'Your taxi is on its way. Good bye.', 1000)] }, { wait: 15_000 }],
      expect: [{ heard: 'Good bye', times: 1 }, { ended: 'assistant-ended-call-after-message-spoken' }],
    }),
    async ({ system, callId }) => {
      expect((await historyIn(system, callId)).states).toBe('sending heard');
    },
  );

  scene(
    'template and cap: a sentence around it, cut after a sentence',
    planCall({
      tools: ['in_a_sentence'],
      steps: [
        ASKS,
        {
          toolCalls: [
            job(
              'in_a_sentence',
              'It comes on 2026-12-24 at 15:30. It was packed. It was weighed. It was sent off.',
              500,
            ),
          ],
        },
        { waitForHeard: 1 },
      ],
      expect: [{ heard: '/^About your order: It comes on December 24, 2026 at 3:30 PM\\. It was packed\\.$/' }],
    }),
    saidAtOnce,
  );

  scene(
    'markup, amounts and links: put so that a voice says them well',
    planCall({
      tools: ['plain'],
      steps: [
        ASKS,
        {
          toolCalls: [
            job('plain', '**Total:** $1,234.50, see [the invoice](https://shop.example/i/42).\n\n- one\n- two', 500),
          ],
        },
        { waitForHeard: 1 },
      ],
      expect: [{ heard: '/^Total: [^*$#\\[\\]()]*dollars and 50 cents, see the invoice\\. one, two$/' }],
    }),
    saidAtOnce,
  );

  scene(
    'JSON: is read out as words',
    planCall({
      tools: ['plain'],
      steps: [ASKS, { toolCalls: [job('plain', '{"status":"shipped","items":3}', 500)] }, { waitForHeard: 1 }],
      expect: [{ heard: '/^status: shipped, items: 3$/' }],
    }),
    saidAtOnce,
  );

  scene(
    'results that wait together are said together, each with its own record',
    planCall({
      tools: ['plain', 'said_again'],
      steps: [
        ASKS,
        {
          toolCalls: [
            job('plain', 'The dentist has time at nine', 500),
            job('plain', 'Your bill is paid.', 1000),
            job('said_again', 'The report is ready.', 1500),
          ],
        },
        { caller: talk(4000) },
        THANKS,
        { waitForHeard: 1 },
      ],
      expect: [{ heard: '/^The dentist has time at nine\\. Your bill is paid\\. The report is ready\\.$/', times: 1 }],
    }),
    async ({ system, callId, call }) => {
      const found = await histories(system, callId, 3);
      expect(found.map(({ states }) => states)).toEqual(['sending heard', 'sending heard', 'sending heard']);
      const [head] = found;
      expect(found.map(({ last }) => last.saidWith)).toEqual([
        undefined,
        head?.last.utteranceId,
        head?.last.utteranceId,
      ]);
      expect(postsTo(call)).toBe(1);
    },
  );
}
