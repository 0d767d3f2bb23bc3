import { describe, expect, it } from '@jest/globals';
import { readMathSigns, withoutMathSigns } from './math-signs.js';
import { spokenLanguage } from './spoken-language.js';

describe('readMathSigns', () => {
  it.each([
    ['en', 'weight<5 kg', 'weight less than 5 kg'],
    ['en', 'x<5 or y>3', 'x less than 5 or y more than 3'],
    ['en', 'x <= 5, y>=3, a ≤ 1, b≥2', 'x at most 5, y at least 3, a at most 1, b at least 2'],
    ['en', 'x<-5, y > $3, z<.5', 'x less than -5, y more than $3, z less than .5'],
    ['en', '3 < x < 10, 5 > y', '3 less than x less than 10, 5 more than y'],
    ['en', 'x >= y', 'x at least y'],
    ['en', 'Menu > Step 1 > Step 2', 'Menu > Step 1 > Step 2'],
    ['en', 'a -> 5, b => 5, c <-> 5, d << 5', 'a -> 5, b => 5, c <-> 5, d << 5'],
    [
      'en',
      '10^3, 2 ^ 8, 10^-3, x^2, ab^2',
      '10 to the power of 3, 2 to the power of 8, 10 to the power of -3, x to the power of 2, ab^2',
    ],
    ['de', 'x<5 und y>=3 und 10 ^ 3', 'x < 5 und y ≥ 3 und 10^3'],
  ])('%s: %s', (language, text, said) => {
    expect(readMathSigns(text, spokenLanguage(language))).toBe(said);
  });

  it('leaves for other languages what it put, and nothing else', () => {
    const text = 'a < 5 > 3 ≤ 2, 10^3, <x>, a^, ^3, a<5';
    expect(withoutMathSigns(text, spokenLanguage('de'))).toBe('a < 5 > 3 ≤ 2, 10^3,  x , a ,  3, a 5');
    expect(withoutMathSigns(text, spokenLanguage('en'))).not.toMatch(/[<>^]/);
  });
});
