import { describe, expect } from '@jest/globals';
import { TIME_FACTOR } from './harness/environment.js';
import { job, planCall } from './harness/scenarios.js';
import { answersIn, histories, historyIn, Stage } from './harness/stage.js';
import type { EndedScene } from './harness/stage.js';

const ASKS = { caller: 'Please book that for me.' };
const BYE = [{ after: 1500, hangUp: true }];
const ACCEPTED = 'accepted';
const RUNNING = 'running';
const DONE = 'done';
/** Real ms, in call time. */
const real = (ms: number): number => ms * TIME_FACTOR;

/** Equal arguments to those of `job`, written the other way round. */
function jobAgain(tool: string, text: string, ms: number): object {
  return { tool, arguments: { ms: Math.round(ms / TIME_FACTOR), text } };
}

/** What became of each tool call, as its answer tells the model. */
function kindsOf({ call }: EndedScene<undefined>): string[] {
  return answersIn(call).map(({ result = '', error }) => {
    if (error !== undefined) return error;
    if (result.startsWith('Accepted')) return ACCEPTED;
    if (result.startsWith('Already asked for in this call and still running')) return RUNNING;
    return result.startsWith('Already done in this call') ? DONE : result;
  });
}

function jobsFor({ system }: EndedScene<undefined>, text: string): number {
  return system.backend.jobsFor(text).length;
}

/** Two gateways, asked in turn: what one of them has taken the other one has to know. */
describe('a tool that must not do the same thing twice in a call', () => {
  const stage = new Stage({ gateways: 2 });
  const scene = stage.scene.bind(stage);
  const text = (title: string): string => `The ${title} is booked.`;

  scene(
    'the model asks again at once, in one webhook and in others, and when it is done: one run, one result',
    planCall({
      tools: ['once'],
      steps: [
        ASKS,
        { toolCalls: [job('once', text('table'), real(1500)), jobAgain('once', text('table'), real(1500))] },
        { toolCalls: [jobAgain('once', text('table'), real(1500))] },
        { toolCalls: [job('once', text('table'), real(1500))] },
        { waitForHeard: 1 },
        { toolCalls: [jobAgain('once', text('table'), real(1500))] },
        { toolCalls: [job('once', text('table'), real(1500))] },
        ...BYE,
      ],
      expect: [{ heard: text('table'), times: 1 }],
    }),
    async (ended) => {
      const kinds = kindsOf(ended);
      expect(kinds.slice(0, 4).sort()).toEqual([ACCEPTED, RUNNING, RUNNING, RUNNING]);
      expect(kinds.slice(4)).toEqual([DONE, DONE]);
      expect(jobsFor(ended, text('table'))).toBe(1);
      expect((await historyIn(ended.system, ended.callId)).states).toBe('sending heard');
    },
  );

  scene(
    'the webhooks come twice each: answered alike by both gateways',
    planCall({
      tools: ['once'],
      steps: [
        ASKS,
        { toolCalls: [job('once', text('hall'), real(1500))], deliver: 2 },
        { caller: 'Did you book it?' },
        { toolCalls: [job('once', text('hall'), real(1500))], deliver: 2 },
        { waitForHeard: 1 },
        ...BYE,
      ],
      // But for the seconds since when it runs.
      expect: [{ heard: text('hall'), times: 1 }, { toolCallsAnswered: false }],
    }),
    (ended) => {
      expect(kindsOf(ended)).toEqual([ACCEPTED, ACCEPTED, RUNNING, RUNNING]);
      const [, , first, second] = answersIn(ended.call).map(({ id, result }) => [id, result]);
      expect(first).toEqual(second);
      expect(jobsFor(ended, text('hall'))).toBe(1);
    },
  );

  scene(
    'a sync tool: the answer repeats what was done',
    planCall({
      syncTools: ['once'],
      steps: [
        ASKS,
        { toolCalls: [job('once', text('boat'), real(100))] },
        { toolCalls: [jobAgain('once', text('boat'), real(100))] },
        ...BYE,
      ],
      expect: [{ never: '/./' }],
    }),
    (ended) => {
      const [first, second] = answersIn(ended.call);
      expect(first?.result).toBe(text('boat'));
      expect(second?.result).toMatch(/^Already done in this call.* The result was: The boat is booked\.$/);
      expect(jobsFor(ended, text('boat'))).toBe(1);
    },
  );

  scene(
    'other arguments are another thing',
    planCall({
      tools: ['once'],
      steps: [
        ASKS,
        { toolCalls: [job('once', text('train'), real(300)), job('once', text('bus'), real(300))] },
        // Maybe together.
        { waitForHeard: text('train') },
        { waitForHeard: text('bus') },
        ...BYE,
      ],
      expect: [
        { heard: text('train'), times: 1 },
        { heard: text('bus'), times: 1 },
      ],
    }),
    (ended) => {
      expect(kindsOf(ended)).toEqual([ACCEPTED, ACCEPTED]);
    },
  );

  scene(
    'and so is another call',
    planCall({
      calls: 2,
      tools: ['once'],
      steps: [ASKS, { toolCalls: [job('once', text('taxi'), real(300))] }, { waitForHeard: 1 }, ...BYE],
      expect: [{ heard: text('taxi'), times: 1 }],
    }),
    (ended) => {
      expect(jobsFor(ended, text('taxi'))).toBe(2);
    },
  );

  scene(
    'by tool: other arguments are the same thing',
    planCall({
      tools: ['once_by_tool'],
      steps: [
        ASKS,
        { toolCalls: [job('once_by_tool', text('room'), real(1000))] },
        { toolCalls: [job('once_by_tool', text('suite'), real(1000))] },
        { waitForHeard: 1 },
        { toolCalls: [job('once_by_tool', text('suite'), real(1000))] },
        ...BYE,
      ],
      expect: [{ heard: '/^The (room|suite) is booked/', times: 1 }],
    }),
    (ended) => {
      const kinds = kindsOf(ended);
      expect([kinds.slice(0, 2).sort(), kinds.slice(2)]).toEqual([[ACCEPTED, RUNNING], [DONE]]);
      expect(jobsFor(ended, text('room')) + jobsFor(ended, text('suite'))).toBe(1);
    },
  );

  scene(
    'after a failure it may be tried again, and after that no more',
    planCall({
      tools: ['once_unlucky'],
      steps: [
        ASKS,
        { toolCalls: [job('once_unlucky', text('flight'), real(300))] },
        { waitForHeard: 'The archive refused.' },
        { toolCalls: [jobAgain('once_unlucky', text('flight'), real(300))] },
        { waitForHeard: text('flight') },
        { toolCalls: [job('once_unlucky', text('flight'), real(300))] },
        ...BYE,
      ],
      expect: [
        { heard: 'The archive refused.', times: 1 },
        { heard: text('flight'), times: 1 },
      ],
    }),
    async (ended) => {
      expect(kindsOf(ended)).toEqual([ACCEPTED, ACCEPTED, DONE]);
      expect(jobsFor(ended, text('flight'))).toBe(2);
      expect((await histories(ended.system, ended.callId, 2)).map(({ states }) => states)).toEqual([
        'sending heard',
        'sending heard',
      ]);
    },
  );

  scene(
    'afterSuccessMs 0: not while it runs, and again when it is done',
    planCall({
      tools: ['one_at_a_time'],
      steps: [
        ASKS,
        { toolCalls: [job('one_at_a_time', text('court'), real(1000))] },
        { toolCalls: [job('one_at_a_time', text('court'), real(1000))] },
        { waitForHeard: 1 },
        { toolCalls: [job('one_at_a_time', text('court'), real(1000))] },
        { waitForHeard: 2 },
        ...BYE,
      ],
      expect: [{ heard: text('court'), times: 2 }],
    }),
    (ended) => {
      const kinds = kindsOf(ended);
      expect([kinds.slice(0, 2).sort(), kinds.slice(2)]).toEqual([[ACCEPTED, RUNNING], [ACCEPTED]]);
      expect(jobsFor(ended, text('court'))).toBe(2);
    },
  );
});
