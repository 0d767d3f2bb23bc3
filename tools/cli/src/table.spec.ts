import { describe, expect, it } from '@jest/globals';
import { counted, span, table } from './table.js';

describe('what tables are made of', () => {
  it('puts rows into columns, each in its line', () => {
    expect(
      table(
        ['A', 'LONG'],
        [
          ['value', 'x'],
          ['b\nc', ''],
        ],
      ),
    ).toBe('A        LONG\nvalue    x\nb\\u{a}c');
  });

  it.each([
    [0, '0s'],
    [-5, '0s'],
    [61_000, '1m 1s'],
    [3_600_000, '1h'],
    [90_061_000, '1d 1h'],
  ])('tells %d ms as %s', (ms, text) => {
    expect(span(ms)).toBe(text);
  });

  it('counts', () => {
    expect([counted(1, 'call'), counted(2, 'call'), counted(0, 'copy', 'copies')]).toEqual([
      '1 call',
      '2 calls',
      '0 copies',
    ]);
  });
});
