import { describe, expect, it } from '@jest/globals';
import { parseDay, parseStart } from './requested-time.js';

describe('parseStart', () => {
  it.each([
    ['2026-11-24T09:30', '2026-11-24T08:30:00Z'],
    ['2026-11-24 09:30', '2026-11-24T08:30:00Z'],
    ['2026-07-01T09:30:00', '2026-07-01T07:30:00Z'],
    ['2026-11-24T09:30Z', '2026-11-24T09:30:00Z'],
    ['2026-11-24T09:30:00.000-05:00', '2026-11-24T14:30:00Z'],
    // Twice on the clock: the first time counts.
    ['2026-10-25T02:30', '2026-10-25T00:30:00Z'],
  ])('reads %s in Berlin', (text, expected) => {
    expect(parseStart(text, 'Europe/Berlin')?.toString()).toBe(expected);
  });

  it.each(['', 'tomorrow', '2026-02-30T09:00', '2026-11-24T25:00', '24.11.2026 9:30', '09:30'])(
    'refuses "%s"',
    (text) => {
      expect(parseStart(text, 'Europe/Berlin')).toBeUndefined();
    },
  );
});

describe('parseDay', () => {
  it.each([
    ['2026-11-24', '2026-11-24'],
    ['2026-11-24T00:00:00', '2026-11-24'],
  ])('reads %s', (text, expected) => {
    expect(parseDay(text)?.toString()).toBe(expected);
  });

  it.each(['', 'Tuesday', '2026-02-30', '2026-13-01', '24.11.2026'])('refuses "%s"', (text) => {
    expect(parseDay(text)).toBeUndefined();
  });
});
