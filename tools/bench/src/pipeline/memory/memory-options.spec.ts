import { describe, expect, it } from '@jest/globals';
import { UsageError } from '../../command-line.js';
import { readMemoryOptions } from './memory-options.js';

describe('readMemoryOptions', () => {
  it('has defaults for all', () => {
    const options = readMemoryOptions([]);
    expect(options).toMatchObject({ calls: [1000, 10_000, 50_000], rate: 200, seconds: 10, seed: 'interject' });
    expect(options).toMatchObject({ judge: false, json: undefined, snapshots: undefined });
  });

  it('takes them all', () => {
    const args = [
      '--calls',
      '5,10',
      '--rate',
      '50',
      '--seconds=3',
      '--judge',
      '--json',
      'f.json',
      '--snapshots',
      '/tmp/s',
    ];
    expect(readMemoryOptions(args)).toMatchObject({
      calls: [5, 10],
      rate: 50,
      seconds: 3,
      judge: true,
      json: 'f.json',
      snapshots: '/tmp/s',
    });
  });

  it.each([
    [['--calls', '10,5'], '--calls must ascend'],
    [['--calls', '10,10'], '--calls must ascend'],
    [['--calls', '10,,20'], '--calls must be a whole number'],
    [['--calls', '0'], '--calls must be a whole number from 1'],
    [['--rate', 'fast'], '--rate must be a whole number'],
    [['more'], 'unexpected argument "more"'],
    [['--heap'], 'unknown option --heap'],
  ])('refuses %j', (args, message) => {
    expect(() => readMemoryOptions(args)).toThrow(UsageError);
    expect(() => readMemoryOptions(args)).toThrow(message);
  });
});
