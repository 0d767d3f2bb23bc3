import { describe, expect, it } from '@jest/globals';
import { parseSince } from './parse-since.js';

const NOW = Date.parse('2026-11-24T10:00:00Z');

describe('parseSince', () => {
  it.each([
    ['90s', NOW - 90_000],
    ['15m', NOW - 900_000],
    ['2h', NOW - 7_200_000],
    ['7d', NOW - 7 * 86_400_000],
    ['2026-11-23', Date.parse('2026-11-23T00:00:00Z')],
    ['2026-11-24T09:59:00Z', NOW - 60_000],
  ])('reads %s', (text, time) => {
    expect(parseSince(text, NOW)).toBe(time);
  });

  it.each(['', '2', 'h', '2 weeks', '-1h', 'yesterday', '2026-99-99'])('does not read "%s"', (text) => {
    expect(parseSince(text, NOW)).toBeUndefined();
  });
});
