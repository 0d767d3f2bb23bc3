import { describe, expect, it } from '@jest/globals';
import { RecentKeys } from './recent-keys.js';

describe('RecentKeys', () => {
  it('forgets the one that was not added for longest', () => {
    const recent = new RecentKeys(2);
    for (const key of ['a', 'b', 'a', 'c']) recent.add(key);
    expect(['a', 'b', 'c'].filter((key) => recent.has(key))).toEqual(['a', 'c']);
  });
});
