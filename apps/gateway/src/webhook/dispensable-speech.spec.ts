import { describe, expect, it } from '@jest/globals';
import { isDispensable } from './dispensable-speech.js';

describe('speech events that are dropped first', () => {
  it.each([
    ['assistant', 'started', true],
    ['assistant', 'said', true],
    ['assistant', 'stopped', false],
    ['caller', 'started', false],
    ['caller', 'stopped', false],
    ['caller', 'interrupted', false],
  ] as const)('%s %s: %s', (speaker, change, expected) => {
    expect(isDispensable({ speaker, change })).toBe(expected);
  });
});
