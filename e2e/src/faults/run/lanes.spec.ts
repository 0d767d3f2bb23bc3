import { describe, expect, it } from '@jest/globals';
import { inLanes } from './lanes.js';

describe('lanes', () => {
  it('take each thing once and in order, no more at a time than there are lanes', async () => {
    const begun: number[] = [];
    let underWay = 0;
    let most = 0;
    await inLanes(2, [1, 2, 3, 4, 5], async (thing) => {
      begun.push(thing);
      underWay += 1;
      most = Math.max(most, underWay);
      for (let turns = 0; turns < thing; turns += 1) await Promise.resolve();
      underWay -= 1;
    });
    expect(begun).toEqual([1, 2, 3, 4, 5]);
    expect(most).toBe(2);
  });
});
