import { describe, expect, it } from '@jest/globals';
import { MAX_RESULT_BYTES, resultData } from './result-data.js';

const cycle: { self?: unknown } = {};
cycle.self = cycle;

describe('resultData', () => {
  it('is a copy: what the handler does with its object later is not stored', () => {
    const value = { region: 'north', at: new Date(0) };
    const result = resultData(value, 1);
    value.region = 'south';
    expect(result).toEqual({ fits: true, data: { region: 'north', at: '1970-01-01T00:00:00.000Z' } });
  });

  it.each([[undefined], [null], [0], [''], [false], [[1, 2]]])('takes %j', (value) => {
    expect(resultData(value, 1)).toEqual({ fits: true, data: value });
  });

  it('takes a result of just the largest size, and no byte more', () => {
    const quotes = 2;
    expect(resultData('x'.repeat(MAX_RESULT_BYTES - quotes), 1).fits).toBe(true);
    expect(resultData('x'.repeat(MAX_RESULT_BYTES - quotes + 1), 2)).toMatchObject({
      fits: false,
      end: { outcome: 'failed', code: 'result-too-large', attempts: 2, failure: { retryable: false } },
    });
  });

  it('counts bytes, not characters', () => {
    expect(resultData('€'.repeat(MAX_RESULT_BYTES / 2), 1).fits).toBe(false);
  });

  it.each([
    ['a cycle', cycle],
    ['a BigInt', { amount: 10n }],
    ['a function', () => 1],
    ['a symbol', Symbol('x')],
    [
      'a toJSON that throws',
      {
        toJSON: () => {
          throw new Error('no');
        },
      },
    ],
  ])('refuses %s', (_case, value) => {
    expect(resultData(value, 1)).toMatchObject({ fits: false, end: { outcome: 'failed', code: 'result-not-json' } });
  });
});
