import type { CallSnapshot } from '@interject/speech';
import { describe, expect, it } from '@jest/globals';
import { CallQuestions } from './call-questions.js';

const state: CallSnapshot = {
  found: true,
  callId: 'c',
  status: 'in-progress',
  floor: 'nobody',
  toolCalls: [
    { toolCallId: 'a', tool: 'report', state: 'pending', requestedAt: 1 },
    { toolCallId: 'b', tool: 'report', state: 'pending', requestedAt: 2 },
  ],
  utterances: [],
};

/** Questions about the call `c`, one of whose tool calls has reported. */
function questions(words: string): CallQuestions {
  const nothing = (): Promise<undefined> => Promise.resolve(undefined);
  return new CallQuestions(
    0,
    {
      snapshot: (callId) => (callId === 'c' ? state : undefined),
      admit: () => 'admitted',
      progress: () => new Map([['a', words]]),
    },
    { closingSnapshot: () => undefined },
    { status: nothing, ended: nothing },
    () => undefined,
  );
}

async function ask(asked: CallQuestions, question: object): Promise<unknown> {
  return JSON.parse(await asked.answer(Buffer.from(JSON.stringify(question)))) as unknown;
}

describe('CallQuestions', () => {
  it('tells the words of progress reports to who asks for them, and to nobody else', async () => {
    const asked = questions('Adding up.');
    expect(await ask(asked, { callId: 'c' })).toEqual(state);
    expect(await ask(asked, { callId: 'c', admit: 'x' })).toEqual({ ...state, admission: 'admitted' });
    expect(await ask(asked, { callId: 'c', withProgress: true })).toEqual({
      ...state,
      toolCalls: [{ ...state.toolCalls[0], progress: 'Adding up.' }, state.toolCalls[1]],
    });
    expect(await ask(asked, { callId: 'other', withProgress: true })).toEqual({ found: false });
  });

  it('cuts them: the answer has to fit a message', async () => {
    const answer = await ask(questions('x'.repeat(10_000)), { callId: 'c', withProgress: true });
    expect(JSON.stringify(answer).length).toBeLessThan(1000);
  });
});
