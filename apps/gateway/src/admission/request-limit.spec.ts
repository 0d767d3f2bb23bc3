import { describe, expect, it } from '@jest/globals';
import { MAX_A_TURN, MIN_A_TURN } from './admission-limits.js';
import { RequestLimit } from './request-limit.js';

describe('the limit of requests', () => {
  it('falls from what there really were, and no lower than a few', () => {
    const limit = new RequestLimit();
    limit.sample(500, 100);
    expect(limit.current).toBe(80);
    for (let n = 0; n < 50; n += 1) limit.sample(500, 100);
    expect(limit.current).toBe(MIN_A_TURN);
  });

  it('is back at its bound within 4 s of 100 ms each', () => {
    const limit = new RequestLimit();
    for (let n = 0; n < 50; n += 1) limit.sample(500, 0);
    for (let n = 0; n < 40; n += 1) limit.sample(0, 0);
    expect(limit.current).toBe(MAX_A_TURN);
  });

  it('does not fall when nothing is late', () => {
    const limit = new RequestLimit();
    limit.sample(150, 5);
    expect(limit.current).toBe(MAX_A_TURN);
  });
});
