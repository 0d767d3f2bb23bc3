import { describe, expect, it } from '@jest/globals';
import { UsageError } from '../command-line.js';
import { secondsOf } from './measure/run-system.js';
import { rotated } from './pipeline-bench.js';
import { readPipelineOptions } from './pipeline-options.js';

const KNOWN = ['floor', 'interject', 'peer'];
const read = (...args: string[]): ReturnType<typeof readPipelineOptions> => readPipelineOptions(args, KNOWN);

describe('the options of the pipeline bench', () => {
  it('measure everything unless told otherwise', () => {
    expect(read()).toMatchObject({
      systems: undefined,
      rates: [20, 200, 1000],
      rounds: 3,
      floodRate: 1000,
      judge: false,
      keepsConnections: false,
      cpuProfiles: undefined,
    });
    expect(read().search).toBeDefined();
  });

  it('can be quick, and still be told more', () => {
    expect(read('--quick')).toMatchObject({ rounds: 1, floodRate: 0, search: undefined });
    expect(read('--quick', '--rounds', '2', '--flood', '500')).toMatchObject({ rounds: 2, floodRate: 500 });
    expect(read('--no-search')).toMatchObject({ rounds: 3, search: undefined });
  });

  it('read lists', () => {
    expect(read('--systems', 'interject,floor', '--rates=5,50')).toMatchObject({
      systems: ['interject', 'floor'],
      rates: [5, 50],
    });
  });

  it.each([
    [['--systems', 'flor'], /no system "flor"; there is: floor, interject, peer/],
    [['--systems', 'floor,floor'], /names something twice/],
    [['--rates', '200,20'], /--rates must ascend/],
    [['--rates', '20,,200'], /a list like a,b without gaps/],
    [['--rates', '0'], /--rates must be a whole number from 1/],
    [['--rounds', 'two'], /--rounds must be a whole number/],
    [['--seconds', '0'], /--seconds must be a whole number from 1/],
    [['more'], /unexpected argument "more"/],
    [['--fast'], /unknown option --fast; known: --systems/],
  ])('refuse %j in one line', (args, problem) => {
    expect(() => read(...args)).toThrow(UsageError);
    expect(() => read(...args)).toThrow(problem);
  });
});

describe('the plan of the rounds', () => {
  it('begins each round with another system', () => {
    expect([0, 1, 2, 3].map((round) => rotated(KNOWN, round).join(' '))).toEqual([
      'floor interject peer',
      'interject peer floor',
      'peer floor interject',
      'floor interject peer',
    ]);
    expect(rotated([], 2)).toEqual([]);
  });

  it('gives a low rate more time, within reason', () => {
    expect(secondsOf(1000, 6)).toBe(6);
    expect(secondsOf(20, 6)).toBe(10);
    expect(secondsOf(1, 6)).toBe(15);
  });
});
