import { describe, expect, it } from '@jest/globals';
import { parseWishes } from './command-line.js';

describe('the command line of the fault suite', () => {
  it('takes one seed and everything by default', () => {
    expect(parseWishes([])).toMatchObject({ seeds: [1], only: [], isShort: false, slack: 1, lanes: 2 });
    expect(parseWishes(['--short']).lanes).toBe(1);
  });

  it('takes lists', () => {
    const wishes = parseWishes(['--seeds', '3,4', '--only', 'a,b', '--only', 'c', '--seconds', '2.5']);
    expect(wishes).toMatchObject({ seeds: [3, 4], only: ['a', 'b', 'c'], afterMs: 2500 });
    expect(parseWishes(['--seeds', '2,5-8']).seeds).toEqual([2, 5, 6, 7, 8]);
  });

  it.each([
    ['--seeds', '1,x'],
    ['--seeds', '1.5'],
    ['--seeds', ''],
    ['--seeds', '9-3'],
    ['--lanes', '0'],
    ['--slack', '0'],
    ['--seconds', '-1'],
    ['--what'],
  ])('refuses %s %s', (...args) => {
    expect(() => parseWishes(args)).toThrow();
  });
});
