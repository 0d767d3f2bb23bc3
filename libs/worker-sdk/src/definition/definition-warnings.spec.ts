import { describe, expect, it } from '@jest/globals';
import { definitionWarnings } from './definition-warnings.js';

describe('definitionWarnings', () => {
  it('warns of a start that sounds like success', () => {
    expect(definitionWarnings({ sayOnStart: 'Your appointment is booked.' })).toEqual([
      expect.stringContaining('sayOnStart sounds like success'),
    ]);
  });

  it.each([{}, { sayOnStart: "I'm booking it, one moment." }])('is content with %j', (definition) => {
    expect(definitionWarnings(definition)).toEqual([]);
  });
});
