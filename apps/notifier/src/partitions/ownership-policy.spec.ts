import { describe, expect, it } from '@jest/globals';
import { planOwnership, shareOf } from './ownership-policy.js';
import type { HeldView, LeaseView, OwnershipView } from './ownership-policy.js';

const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i);
const held = (partitions: number[], more: Partial<HeldView> = {}): HeldView[] =>
  partitions.map((partition) => ({ partition, isBusy: false, callCount: 0, isLeaving: false, ...more }));
const leases = (partitions: number[], more: Partial<LeaseView> = {}): LeaseView[] =>
  partitions.map((partition) => ({
    partition,
    revision: 100 + partition,
    isExpired: false,
    isDoubtful: false,
    ...more,
  }));
const view = (more: Partial<OwnershipView>): OwnershipView => ({
  partitions: 16,
  liveNotifiers: 1,
  mine: [],
  others: [],
  mayGiveUp: true,
  preference: 0,
  ...more,
});

describe('shareOf', () => {
  it.each([
    [16, 1, 16],
    [16, 2, 8],
    [16, 3, 6],
    [16, 5, 4],
    [16, 17, 1],
    [16, 0, 16],
  ])('of %i partitions among %i is %i', (partitions, notifiers, share) => {
    expect(shareOf(partitions, notifiers)).toBe(share);
  });
});

describe('planOwnership', () => {
  it.each<[string, Partial<OwnershipView>, number[], number | undefined]>([
    ['alone: claims all', {}, range(0, 16), undefined],
    ['begins at its preference', { preference: 14, liveNotifiers: 8 }, [14, 15], undefined],
    ['two: claims its share of what is free', { liveNotifiers: 2 }, range(0, 8), undefined],
    ['leaves what others hold', { liveNotifiers: 2, others: leases(range(0, 8)) }, range(8, 16), undefined],
    ['has its share: claims nothing', { liveNotifiers: 2, mine: held(range(0, 8)) }, [], undefined],
    [
      'the other is gone: claims the rest',
      { mine: held(range(0, 8)), others: leases(range(8, 16), { isExpired: true }) },
      range(8, 16),
      undefined,
    ],
    ['too many: gives up one', { liveNotifiers: 2, mine: held(range(0, 16)) }, [], 0],
    [
      'too many, but gave one up just now',
      { liveNotifiers: 2, mine: held(range(0, 16)), mayGiveUp: false },
      [],
      undefined,
    ],
    [
      'too many only with those that leave',
      { liveNotifiers: 2, mine: [...held(range(0, 8)), ...held([9], { isLeaving: true })] },
      [],
      undefined,
    ],
    [
      'does not claim what it is giving up',
      { mine: held([3], { isLeaving: true }), partitions: 4 },
      [0, 1, 2],
      undefined,
    ],
    [
      'tries for leases of unknown age',
      { others: leases(range(0, 16), { isDoubtful: true }) },
      range(0, 16),
      undefined,
    ],
  ])('%s', (_name, more, claims, giveUp) => {
    const plan = planOwnership(view(more));
    expect(plan.claims.map(({ partition }) => partition)).toEqual(claims);
    expect(plan.giveUp).toBe(giveUp);
  });

  it('takes over an expired lease by its revision, and one of unknown age only if it is gone', () => {
    const others = [...leases([0], { isExpired: true }), ...leases([1], { isDoubtful: true })];
    expect(planOwnership(view({ partitions: 2, others })).claims).toEqual([
      { partition: 0, revision: 100 },
      { partition: 1 },
    ]);
  });

  it('gives up the partition whose calls notice it least', () => {
    const mine = [
      ...held([0], { isBusy: true }),
      ...held([1], { callCount: 3 }),
      ...held([2], { callCount: 1 }),
      ...held([3], { isBusy: true }),
    ];
    expect(planOwnership(view({ partitions: 4, liveNotifiers: 2, mine })).giveUp).toBe(2);
  });

  it('leaves no partition without somebody who may claim it, for any number of notifiers', () => {
    for (let notifiers = 1; notifiers <= 20; notifiers += 1)
      expect(shareOf(16, notifiers) * notifiers).toBeGreaterThanOrEqual(16);
  });
});
