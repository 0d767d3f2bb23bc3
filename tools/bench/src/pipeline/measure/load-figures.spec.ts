import { describe, expect, it } from '@jest/globals';
import { keptUp, timesOf } from './load-figures.js';
import type { Observed } from './load-figures.js';

/** Tool calls due every 10 ms. @param posts ms from the due time, NaN: never */
function observed(posts: readonly number[], acknowledged: readonly number[] = posts.map(() => 1)): Observed {
  const dueAt = Float64Array.from(posts, (_, at) => 1000 + 10 * at);
  return {
    load: {
      dueAt,
      sentAt: dueAt.map((due) => due + 0.5),
      answeredAt: dueAt.map((due, at) => due + (acknowledged[at] ?? 0)),
      floodFailures: 0,
    },
    sink: { at: dueAt.map((due, at) => due + (posts[at] ?? 0)), repeats: 0 },
  };
}

describe('timesOf', () => {
  it('counts from the due time', () => {
    const { acknowledgement, post, sendDelayP99 } = timesOf(observed([5, 7, 9, 11, 90], [1, 2, 3, 4, 5]));
    expect(acknowledgement).toEqual({ p50: 3, p99: 5 });
    expect(post).toEqual({ p50: 9, p99: 90 });
    expect(sendDelayP99).toBe(0.5);
  });

  it('counts apart what did not come', () => {
    const figures = timesOf(observed([5, NaN, NaN, 6], [1, 2, NaN, 1]));
    expect(figures).toMatchObject({ toolCalls: 4, refused: 1, unsaid: 2, post: { p50: 5, p99: 6 } });
  });
});

describe('keptUp', () => {
  const rule = { boundMs: 500, share: 0.99 };
  const posts = (late: (at: number) => boolean, value = 800): number[] =>
    Array.from({ length: 1000 }, (_, at) => (late(at) ? value : 10));

  it('takes one in a hundred for noise', () => {
    expect(keptUp(observed(posts((at) => at % 100 === 0)), rule)).toEqual({ isSustained: true, inTimeShare: 0.99 });
    expect(keptUp(observed(posts((at) => at % 50 === 0)), rule)).toMatchObject({ isSustained: false });
  });

  it('sees a backlog at the end', () => {
    const verdict = keptUp(observed(posts((at) => at >= 992)), rule);
    expect(verdict).toEqual({ isSustained: false, inTimeShare: 0.968 });
  });

  it('takes what never came for late', () => {
    expect(keptUp(observed(posts((at) => at % 50 === 0, NaN)), rule)).toMatchObject({ isSustained: false });
  });
});
