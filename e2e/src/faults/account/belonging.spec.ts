import { describe, expect, it } from '@jest/globals';
import type { Strike } from '../fault.types.js';
import { actOf } from './belonging.js';
import type { Belonging } from './belonging.js';

const blow = (at: number): Strike => ({ at, target: 'worker', title: '' });
const acts = [
  { from: -Infinity, strikes: [blow(100)] },
  { from: 1000, strikes: [blow(1100), blow(1500)] },
  { from: 2000, strikes: [blow(2100)] },
];
const of = (more: Partial<Belonging>): number =>
  actOf({ acts, askedAt: 0, overAt: 50, isTooLate: () => false, ...more });

describe('a tool call belongs to', () => {
  it('the act during which it was asked for', () => {
    expect(of({})).toBe(0);
    expect(of({ askedAt: 1200, overAt: 1300 })).toBe(1);
    expect(of({ askedAt: 1600, overAt: 2050 })).toBe(1);
  });

  it('the last act of which a blow fell while it was under way', () => {
    expect(of({ askedAt: 900, overAt: 1200 })).toBe(1);
    expect(of({ askedAt: 900, overAt: Infinity })).toBe(2);
    expect(of({ askedAt: 1600, overAt: 2100 })).toBe(2);
  });

  it('the act in which it was too late, whatever came then', () => {
    expect(of({ askedAt: 50, overAt: 5000, isTooLate: (act, at) => act === 0 && at > 1000 })).toBe(0);
    expect(of({ askedAt: 50, overAt: 5000, isTooLate: (act, at) => act === 1 && at > 2000 })).toBe(1);
  });
});
