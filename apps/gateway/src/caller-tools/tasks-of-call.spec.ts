import { describe, expect, it } from '@jest/globals';
import { knownToolCalls } from '../calls/known-tool-calls.js';
import { tasksOfCall } from './tasks-of-call.js';
import { titleOfName } from './tool-title.js';

const toolCall = (toolCallId: string, state: string, more: object = {}): object => ({
  toolCallId,
  tool: 'build_report',
  state,
  requestedAt: 1000,
  ...more,
});
const said = (toolCallId: string, state: string, source = 'result'): object => ({
  utteranceId: `u-${toolCallId}`,
  source,
  toolCallId,
  state,
});

describe('the tasks of a call', () => {
  it('are told by their tool calls and what became of their announcements', () => {
    const state = {
      toolCalls: [
        toolCall('running', 'pending', { progress: 'Adding up.' }),
        toolCall('stopping', 'pending', { cancelRequestedAt: 5 }),
        ...['queued', 'held', 'sending', 'sent', 'speaking', 'preparing'].map((each) => toolCall(each, 'succeeded')),
        ...['heard', 'answered-inline', 'unconfirmed'].map((each) => toolCall(each, 'failed')),
        ...['expired', 'undelivered', 'replaced', 'interrupted'].map((each) => toolCall(each, 'succeeded')),
        toolCall('stopped', 'cancelled', { cancelRequestedAt: 5 }),
        toolCall('stopped, and failed', 'failed', { cancelRequestedAt: 5 }),
        toolCall('too late to stop', 'succeeded', { cancelRequestedAt: 5 }),
        toolCall('silent', 'succeeded'),
      ],
      utterances: [
        said('running', 'heard', 'progress'),
        ...['queued', 'held', 'sending', 'sent', 'speaking', 'preparing'].map((each) => said(each, each)),
        ...['heard', 'answered-inline', 'unconfirmed'].map((each) => said(each, each)),
        ...['expired', 'undelivered', 'replaced', 'interrupted'].map((each) => said(each, each)),
      ],
    };
    const tasks = tasksOfCall(knownToolCalls(state), () => 'the report', 43_400);
    expect(tasks.map(({ state: each }) => each)).toEqual([
      'running',
      'stopping',
      ...Array<string>(6).fill('waiting'),
      ...Array<string>(3).fill('announced'),
      ...Array<string>(4).fill('unsaid'),
      'cancelled',
      'cancelled',
      'finished',
      'finished',
    ]);
    expect(tasks.map(({ number }) => number)).toEqual(tasks.map((_, index) => index + 1));
    expect(tasks[0]).toEqual({
      number: 1,
      toolCallId: 'running',
      tool: 'build_report',
      title: 'the report',
      state: 'running',
      ageMs: 42_400,
      progress: 'Adding up.',
    });
  });

  it('keep their numbers when one of them ends', () => {
    const numbers = (states: string[]): unknown =>
      tasksOfCall(
        knownToolCalls({ toolCalls: states.map((state, index) => toolCall(String(index), state)) }),
        () => undefined,
        0,
      ).map(({ toolCallId, number }) => [toolCallId, number]);
    expect(numbers(['succeeded', 'cancelled', 'pending'])).toEqual(numbers(['pending', 'pending', 'pending']));
  });

  it('are not older than the clocks allow, and named by their tool if that has no title', () => {
    const [task] = tasksOfCall(knownToolCalls({ toolCalls: [toolCall('a', 'pending')] }), () => undefined, 0);
    expect(task).toMatchObject({ ageMs: 0, title: 'build report' });
  });

  it.each([{}, { toolCalls: 'x', utterances: 1 }, { toolCalls: [null, 1, { toolCallId: 1 }, { state: 'new' }] }])(
    'are none where nothing is understood: %j',
    (state) => {
      expect(knownToolCalls(state)).toEqual([]);
    },
  );

  it.each([
    ['build_report', 'build report'],
    ['buildReport', 'build report'],
    ['build-Report2Go', 'build report2 go'],
    ['__', '__'],
  ])('a tool without a title is called by its name: %s', (name, title) => {
    expect(titleOfName(name)).toBe(title);
  });
});
