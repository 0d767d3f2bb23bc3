import { describe, expect, it } from '@jest/globals';
import { drawReference, parseReference } from './references.js';

describe('references', () => {
  it('are six digits, zeros in front included', () => {
    for (let i = 0; i < 200; i += 1) expect(drawReference()).toMatch(/^\d{6}$/);
  });

  it.each(['471102', '471 102', '4-7-1 1-0-2', 'reference 471102.'])('are understood as "%s"', (text) => {
    expect(parseReference(text)).toBe('471102');
  });

  it.each(['', '47110', '4711020', 'none'])('are not found in "%s"', (text) => {
    expect(parseReference(text)).toBeUndefined();
  });
});
