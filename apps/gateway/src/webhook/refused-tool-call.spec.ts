import { describe, expect, it } from '@jest/globals';
import { DEFAULT_FAILURE_TEXT, parse, ToolCallFinished } from '@interject/contracts';
import { Dispositions } from './tool-answers.js';
import { refusedResult } from './refused-tool-call.js';

const toolCall = { tool: 'build_report', toolCallId: 'id', mode: 'async' } as const;
const definition = { sayOnFailure: 'The archive is closed.', speech: { class: 'urgent' } } as const;

describe('refusedResult', () => {
  it('is what the caller of an async tool hears instead of nothing', () => {
    const result = refusedResult('call', toolCall, 'no-worker', definition, 5);
    expect(result).toMatchObject({
      outcome: 'failed',
      text: 'The archive is closed.',
      speech: { class: 'urgent' },
      failure: { code: 'no-worker', retryable: true },
      attempts: 0,
    });
    expect(parse(ToolCallFinished, JSON.parse(JSON.stringify(result)))).toEqual(result);
    expect(refusedResult('call', toolCall, 'unknown-tool', undefined, 5)).toMatchObject({
      text: DEFAULT_FAILURE_TEXT,
      failure: { code: 'unknown-tool', retryable: false },
    });
  });

  it('is none where the answer is read, or nobody is there', () => {
    expect(refusedResult('call', { ...toolCall, mode: 'sync' }, 'no-worker', definition, 5)).toBeUndefined();
    expect(refusedResult(undefined, toolCall, 'no-worker', definition, 5)).toBeUndefined();
  });

  it('is made for refusals alone', () => {
    const spoken = Dispositions.filter((each) => refusedResult('call', toolCall, each, definition, 5) !== undefined);
    expect([...spoken].sort()).toEqual(['invalid-arguments', 'no-worker', 'unknown-tool']);
  });
});
