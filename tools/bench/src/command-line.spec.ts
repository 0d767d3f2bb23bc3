import { describe, expect, it } from '@jest/globals';
import { readOptions, UsageError, wholeNumber } from './command-line.js';

const SPECS = { calls: 'value', check: 'flag' } as const;

describe('readOptions', () => {
  it('reads values, flags and the rest', () => {
    const { options, rest } = readOptions(['--calls', '5', 'more', '--check'], SPECS);
    expect([...options]).toEqual([
      ['calls', '5'],
      ['check', ''],
    ]);
    expect(rest).toEqual(['more']);
    expect(readOptions(['--calls=7'], SPECS).options.get('calls')).toBe('7');
  });

  it.each([
    [['--speed', '1'], 'unknown option --speed; known: --calls, --check'],
    [['--toString'], 'unknown option --toString'],
    [['--calls'], '--calls needs a value'],
    [['--calls', '--check'], '--calls needs a value'],
    [['--check=1'], '--check takes no value'],
  ])('refuses %j', (args, message) => {
    const read = (): unknown => readOptions(args, SPECS);
    expect(read).toThrow(UsageError);
    expect(read).toThrow(message);
  });
});

describe('wholeNumber', () => {
  it('takes whole numbers within the bounds alone', () => {
    expect(wholeNumber('--calls', '12', 1, 12)).toBe(12);
    for (const text of ['0', '13', '1.5', 'x', '', '-1', '1e1']) {
      expect(() => wholeNumber('--calls', text, 1, 12)).toThrow('--calls must be a whole number from 1 to 12');
    }
  });
});
