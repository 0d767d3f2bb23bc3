import { describe, expect, it } from '@jest/globals';
import { sumOf } from './notifier-state.js';

const TEXT = `# HELP interject_live_calls Calls that this replica serves.
# TYPE interject_live_calls gauge
interject_live_calls 1200
# TYPE interject_utterances_total counter
interject_utterances_total{source="result",class="result",state="heard"} 7
interject_utterances_total{source="result",class="result",state="unconfirmed"} 35
interject_utterances_total_more 9
`;

describe('sumOf', () => {
  it('reads a value without labels', () => {
    expect(sumOf(TEXT, 'interject_live_calls')).toBe(1200);
  });

  it('adds up all labels of that name alone', () => {
    expect(sumOf(TEXT, 'interject_utterances_total')).toBe(42);
  });

  it('is 0 for what was never counted', () => {
    expect(sumOf(TEXT, 'interject_posts_total')).toBe(0);
  });
});
