import { describe, expect, it } from '@jest/globals';
import { readEnglishNumbers, readInteger } from './english-numbers.js';

describe('readInteger', () => {
  it.each([
    ['0', '0'],
    ['007', '7'],
    ['999', '999'],
    ['1000', '1 thousand'],
    ['12005', '12 thousand 5'],
    ['1000000', '1 million'],
    ['999999999999999', '999 trillion 999 billion 999 million 999 thousand 999'],
  ])('%s', (digits, said) => {
    expect(readInteger(digits)).toBe(said);
  });
});

describe('readEnglishNumbers', () => {
  it.each([
    ['10-12 days, 3.5–4.5', '10 to 12 days, 3.5 to 4.5'],
    ['50-100%', '50 to 100 percent'],
    ['1990-2000', '1990 to 2000'],
    ['3-1, 2024-25, 555-1234, 01-02', '3-1, 2024-25, 555-1234, 01-02'],
    ['-5 and −5', 'minus 5 and minus 5'],
    ['+5', 'plus 5'],
    ['12.5%', '12.5 percent'],
    ['21°C, 70 °F, 90°', '21 degrees Celsius, 70 degrees Fahrenheit, 90 degrees'],
    ['12,345 people', '12 thousand 345 people'],
    ['1,234,567.89', '1 million 234 thousand 567.89'],
    ['12,000.5', '12,000.5'],
    ['1,2,3 and 2026', '1,2,3 and 2026'],
    ['order #5, C#', 'order number 5, C#'],
    ['~5, 2 × 3', 'about 5, 2 times 3'],
    ['1.2.3, 3:1, 1/2, 24/7', '1.2.3, 3:1, 1/2, 24/7'],
  ])('%s', (text, said) => {
    expect(readEnglishNumbers(text)).toBe(said);
  });
});
