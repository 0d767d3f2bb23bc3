import { describe, expect, it } from '@jest/globals';
import { readAmounts } from './amounts.js';
import { spokenLanguage } from './spoken-language.js';

describe('readAmounts', () => {
  it.each([
    ['en', '$1,234.50', '1 thousand 234 dollars and 50 cents'],
    ['en', 'Total: $5.', 'Total: 5 dollars.'],
    ['en', '$3.459 and $1,234', '3.459 dollars and 1 thousand 234 dollars'],
    ['de', '1.234 € und $1,234 und 0,500 €', '1.234 Euro und 1.234 US-Dollar und 0,50 Euro'],
    [
      'en',
      '€1.000, 1.234 €, €0.500, 1234.567 EUR',
      '1 thousand euros, 1 thousand 234 euros, 0.500 euros, 1234.567 euros',
    ],
    ['en', '$1.000, €1.234 million', '1 thousand dollars, 1.234 million euros'],
    ['de', '1234.567 EUR', '1.234,567 Euro'],
    ['en', '- $5', 'minus 5 dollars'],
    ['en', 'Saldo - 12,50 EUR', 'Saldo minus 12 euros and 50 cents'],
    ['en', '2 kg - $5, A - 7 b', '2 kg - 5 dollars, A - 7 b'],
    ['en', '($1,200.00)', 'minus 1 thousand 200 dollars'],
    ['en', 'a fee ($5) applies', 'a fee (5 dollars) applies'],
    ['de', 'Saldo: (1.200,00 €)', 'Saldo: -1.200 Euro'],
    ['en', 'USD 12', '12 US dollars'],
    ['en', 'EUR 9,99', '9 euros and 99 cents'],
    ['en', '9.99 EUR or 9,99 €', '9 euros and 99 cents or 9 euros and 99 cents'],
    ['en', '£5 and £1.01', '5 pounds and 1 pound and 1 penny'],
    ['en', '¥500 and 12 JPY', '500 yen and 12 Japanese yen'],
    ['en', '$0.50, $.05, $1, $0', '50 cents, 5 cents, 1 dollar, 0 dollars'],
    ['en', '-$5.00, $-5, +$5', 'minus 5 dollars, minus 5 dollars, plus 5 dollars'],
    [
      'en',
      '$1.2M, $5k, €2bn, $3 million',
      '1.2 million dollars, 5 thousand dollars, 2 billion euros, 3 million dollars',
    ],
    ['en', '$10-$20 and $10–20', '10 dollars to 20 dollars and 10 dollars to 20 dollars'],
    ['en', '$12,345,678', '12 million 345 thousand 678 dollars'],
    ['en', '$1.234.567,89', '1 million 234 thousand 567 dollars and 89 cents'],
    ['en', 'CHF 12.50 and 3 kr', '12.50 Swiss francs and 3 kr'],
    ['en', 'CA$7, US$7, A$7', '7 Canadian dollars, 7 US dollars, 7 Australian dollars'],
    ['en-CA', '$1', '1 dollar'],
    ['en', 'I TRY 5 times PHP 8 on a 5-USDX, $x', 'I TRY 5 times PHP 8 on a 5-USDX, $x'],
    ['en', '$12345678901234567', '$12345678901234567'],
    ['de', '1.234,50 €', '1.234,50 Euro'],
    ['de', 'EUR 12345 und $1,234.50', '12.345 Euro und 1.234,50 US-Dollar'],
    ['de', '-5,00 €', '-5 Euro'],
    ['fr', '12 345,50 € ou 1 €', '12 345,50 euros ou 1 euro'],
    ['pt-BR', 'R$ 9,90', '9,90 Reais brasileiros'],
    ['es', 'Cuesta $50', 'Cuesta $50'],
    ['es-MX', 'Cuesta $50', 'Cuesta 50 pesos mexicanos'],
    ['ja', '料金は¥500です', '料金は500円です'],
    ['de', '$3 million', '$3 million'],
  ])('%s: %s', (language, text, said) => {
    expect(readAmounts(text, spokenLanguage(language))).toBe(said);
  });
});
