import { describe, expect, it } from '@jest/globals';
import { Dice } from './dice.js';

const draw = (dice: Dice): number[] => Array.from({ length: 50 }, () => dice.between(1, 1000));

describe('dice', () => {
  it('gives the same for a seed and name, and other things for others', () => {
    const first = draw(new Dice(7, 'kill-worker'));
    expect(draw(new Dice(7, 'kill-worker'))).toEqual(first);
    expect(draw(new Dice(8, 'kill-worker'))).not.toEqual(first);
    expect(draw(new Dice(7, 'kill-gateway'))).not.toEqual(first);
  });

  it('gives a part choices of its own, whatever was taken before', () => {
    const untouched = new Dice(7, 'crowd').for('plans');
    const used = new Dice(7, 'crowd');
    draw(used);
    expect(draw(used.for('plans'))).toEqual(draw(untouched));
  });

  it('keeps to its bounds, reaches both, and shuffles without loss', () => {
    const dice = new Dice(1, 'bounds');
    const values = Array.from({ length: 500 }, () => dice.between(2, 5));
    expect([Math.min(...values), Math.max(...values)]).toEqual([2, 5]);
    expect(dice.shuffle([1, 2, 3, 4]).sort()).toEqual([1, 2, 3, 4]);
    expect(() => dice.pick([])).toThrow('nothing to choose');
  });
});
