import { describe, expect, it } from '@jest/globals';
import { duplicateAnswer, errorAnswer } from './tool-answers.js';

describe('answers', () => {
  it('tell how long the earlier tool call runs already', () => {
    const { result } = duplicateAnswer('t', 'id', { kind: 'running' });
    expect(result).toMatch(/still running: it was not started again\. There is no result yet/);
  });

  it('tell what the earlier tool call brought, if it had words, at a sensible length', () => {
    const done = (words?: string): string =>
      duplicateAnswer('t', 'id', { kind: 'done', ...(words === undefined ? {} : { words }) }).result ?? '';
    expect(done()).toMatch(/^Already done in this call: it was not done again, .* for the same\.$/);
    expect(done('Booked.')).toMatch(/for the same\. The result was: Booked\.$/);
    const long = done('\u{1F600}'.repeat(2000));
    expect([...long.slice(long.indexOf('\u{1F600}'))]).toHaveLength(1001);
    expect(long.endsWith('…')).toBe(true);
  });

  it('are one line', () => {
    for (const { result, error } of [
      duplicateAnswer('t', 'id', { kind: 'running' }),
      duplicateAnswer('t', 'id', { kind: 'done' }),
      errorAnswer('t', 'id', 'two\n lines'),
    ]) {
      expect(result ?? error).not.toMatch(/[\r\n]/);
    }
  });
});
