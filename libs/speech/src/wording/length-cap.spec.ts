import { describe, expect, it } from '@jest/globals';
import { capLength } from './length-cap.js';

describe('capLength', () => {
  it.each([
    ['leaves what fits', 'One. Two.', 9, 'One. Two.'],
    ['cuts after a sentence', 'First one here. Second one is longer.', 30, 'First one here.'],
    [
      'not when that leaves too little',
      'Hi. The second sentence is a long one that goes on',
      30,
      'Hi. The second sentence is a',
    ],
    ['after a word, without its comma', 'The blue shirt, the red hat', 18, 'The blue shirt'],
    ['not after an abbreviation', 'You will see our Dr. Smith tomorrow', 26, 'You will see our Dr. Smith'],
    ['not after the day of a date', 'Der Termin ist am 22. November 2026', 25, 'Der Termin ist am'],
    ['not within an amount', 'The whole bill is about 12 thousand 345 dollars', 38, 'The whole bill is about'],
    [
      'not between an amount and its cents',
      'The whole bill that you owe us is 12 dollars and 50 cents',
      45,
      'The whole bill that you owe us is',
    ],
    ['not within something spelled', 'Your new order number is A B 1 2, C D 3 4', 34, 'Your new order number is'],
    ['after a full stop of its own kind', '予約が完了しました。明日お待ちしています', 14, '予約が完了しました。'],
    ['a word without an end', 'a'.repeat(50), 10, 'a'.repeat(10)],
    ['not down to a sign', `< ${'1'.repeat(20)}`, 8, '< 111111'],
    ['not within a pair', '𐀀'.repeat(10), 5, '𐀀𐀀'],
    ['not within a number when there is little else', '1 2 3 4 5 6 7 8 9', 8, '1 2 3 4'],
  ])('%s', (_what, line, max, said) => {
    expect(capLength(line, max)).toBe(said);
  });
});
