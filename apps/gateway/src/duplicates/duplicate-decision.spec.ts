import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ToolCallOutcomes } from '@interject/contracts';
import { CLAIM_PATIENCE_MS, standsInTheWay } from './duplicate-decision.js';
import type { EarlierToolCall } from './duplicate-decision.js';

const NOW = 1_790_000_000_000;
const POLICY = { afterSuccessMs: 600_000 };

describe('standsInTheWay', () => {
  it.each<[string, EarlierToolCall, ReturnType<typeof standsInTheWay>]>([
    ['one that is pending', { kind: 'pending', requestedAt: NOW - 7000, watchdogMs: 60_000 }, { kind: 'running' }],
    ['one that was claimed just now', { kind: 'not-stored', ageMs: CLAIM_PATIENCE_MS }, { kind: 'running' }],
    ['one whose age is not known', { kind: 'not-stored', ageMs: undefined }, { kind: 'running' }],
    ['never one that was told to stop', { kind: 'stopping' }, undefined],
    [
      'one that succeeded not long ago',
      { kind: 'finished', outcome: 'succeeded', at: NOW - 600_000, words: 'Booked.' },
      { kind: 'done', words: 'Booked.' },
    ],
    ['one that succeeded without words', { kind: 'finished', outcome: 'succeeded', at: NOW + 50 }, { kind: 'done' }],
    ['never one that was not stored in 10 s', { kind: 'not-stored', ageMs: 10_001 }, undefined],
    [
      'never one whose watchdog is long over',
      { kind: 'pending', requestedAt: NOW - 120_001, watchdogMs: 60_000 },
      undefined,
    ],
    [
      'never one that succeeded longer ago',
      { kind: 'finished', outcome: 'succeeded', at: NOW - 600_001, words: 'Booked.' },
      undefined,
    ],
  ])('%s', (_, earlier, expected) => {
    expect(standsInTheWay(earlier, POLICY, NOW)).toEqual(expected);
  });

  it('lets a success stand in the way of nobody where the policy says so', () => {
    const earlier: EarlierToolCall = { kind: 'finished', outcome: 'succeeded', at: NOW };
    expect(standsInTheWay(earlier, { afterSuccessMs: 0 }, NOW)).toBeUndefined();
  });

  it('never lets what did not succeed stand in the way', () => {
    const outcomes = ToolCallOutcomes.filter((outcome) => outcome !== 'succeeded');
    fc.assert(
      fc.property(fc.constantFrom(...outcomes), fc.nat(), fc.integer(), (outcome, afterSuccessMs, ageMs) => {
        const earlier: EarlierToolCall = { kind: 'finished', outcome, at: NOW - ageMs };
        expect(standsInTheWay(earlier, { afterSuccessMs }, NOW)).toBeUndefined();
      }),
    );
  });

  it('clears the way once and for all as time goes by', () => {
    const earlier = fc.oneof(
      fc.record({ kind: fc.constant('not-stored' as const), ageMs: fc.constant(0) }),
      fc.record({ kind: fc.constant('pending' as const), requestedAt: fc.constant(NOW), watchdogMs: fc.nat(600_000) }),
      fc.record({
        kind: fc.constant('finished' as const),
        outcome: fc.constant('succeeded' as const),
        at: fc.constant(NOW),
      }),
    );
    fc.assert(
      fc.property(earlier, fc.nat(86_400_000), fc.nat(90_000_000), fc.nat(90_000_000), (tool, after, a, b) => {
        const at = (ms: number): unknown =>
          standsInTheWay(
            tool.kind === 'not-stored' ? { ...tool, ageMs: ms } : tool,
            { afterSuccessMs: after },
            NOW + ms,
          );
        if (at(Math.min(a, b)) === undefined) expect(at(Math.max(a, b))).toBeUndefined();
      }),
    );
  });
});
