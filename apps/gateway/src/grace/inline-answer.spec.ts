import { describe, expect, it } from '@jest/globals';
import { inlineAnswer } from './inline-answer.js';

describe('the inline answer of a tool call that was cancelled', () => {
  it('is no failure, unless it has words of its own', () => {
    const tool = { sayOnFailure: 'No report today.' };
    expect(inlineAnswer({ outcome: 'cancelled' }, tool)).toEqual({
      as: 'result',
      text: expect.stringMatching(/cancelled on request.*nothing went wrong/),
    });
    expect(inlineAnswer({ outcome: 'cancelled', text: 'It was\nstopped.' }, tool)).toEqual({
      as: 'error',
      text: 'It was stopped.',
    });
    expect(inlineAnswer({ outcome: 'failed' }, tool)).toEqual({ as: 'error', text: 'No report today.' });
  });
});
