import { describe, expect, it } from '@jest/globals';
import { sentenceOf, speakable } from './speakable.js';

const say = (text: string, language = 'en'): string => speakable(text, { language, maxCharacters: 800 });

describe('speakable', () => {
  it.each([
    [
      '# Order\n\nYour order **#12345** has _shipped_.\n\n- Blue shirt\n- Red hat',
      'Order. Your order number 1 2 3 4 5 has shipped. Blue shirt, Red hat',
    ],
    [
      '| Item | Price |\n|---|---:|\n| Shirt | $12.50 |\n| Hat | $9 |',
      'Item, Price; Shirt, 12 dollars and 50 cents; Hat, 9 dollars',
    ],
    ['<p>Hello <b>Jo</b></p>your bill is &pound;5.', 'Hello Jo. your bill is 5 pounds.'],
    ['<ul><li>Shirt</li><li>Hat</li></ul>', 'Shirt, Hat'],
    [
      '{"status":"shipped","eta":"2026-11-22","total":{"amount":1234.5,"currency":"USD"}}',
      'status: shipped, eta: November 22, 2026, total: 1 thousand 234 US dollars and 50 cents',
    ],
    ['&amp;lt;b&amp;gt; hi', 'b hi'],
    ['Hello!!! Are you there??? ok... well', 'Hello! Are you there? ok. well'],
    ['foo (bar). item(s) a -> b | c', 'foo, bar. items a to b, c'],
    ['snake_case and 2 * b', 'snake case and 2 b'],
    ['{}', ''],
    ['  \n ', ''],
    ['👋', ''],
    ['See https://x.com/a_b_c and **[this](https://y.com)**', 'See x dot com and this'],
  ])('%j', (text, said) => {
    expect(say(text)).toBe(said);
  });

  it.each([
    ['en', 'weight<5 kg', 'weight less than 5 kg'],
    ['en', 'x<5 or y>3', 'x less than 5 or y more than 3'],
    ['en', '>= 5', 'at least 5'],
    ['en', '>5 kg', 'more than 5 kg'],
    ['en', '> 5 kg', 'more than 5 kg'],
    ['en', '> 5 of them\n> are here', '5 of them are here'],
    ['en', '> quoted text', 'quoted text'],
    ['en', 'a <b>bold</b> x &lt; 5', 'a bold x less than 5'],
    ['de', 'Gewicht<5 kg', 'Gewicht < 5 kg'],
    ['de', 'x<5 oder y>3', 'x < 5 oder y > 3'],
    ['de', '>5 kg oder >=7 kg', '> 5 kg oder ≥ 7 kg'],
    ['en', '€1.000', '1 thousand euros'],
    ['en', '1.234 €', '1 thousand 234 euros'],
    ['en', '$1.000 and $3.459', '1 thousand dollars and 3.459 dollars'],
    ['en', '{"price":{"amount":1.234,"currency":"EUR"}}', 'price: 1.234 euros'],
    ['de', '{"preis":{"amount":1.234,"currency":"EUR"}}', 'preis: 1,234 Euro'],
    ['en', 'Saldo - 12,50 EUR', 'Saldo minus 12 euros and 50 cents'],
    ['de', 'Saldo - 12,50 EUR', 'Saldo -12,50 Euro'],
    ['es', 'Saldo - $5', 'Saldo -$5'],
    ['en', '- $5', 'minus 5 dollars'],
    ['en', '- 5 degrees', 'minus 5 degrees'],
    ['en', '– 5 degrees', 'minus 5 degrees'],
    ['de', '- 5 Grad', '-5 Grad'],
    ['en', 'Balance\n- $5', 'Balance. minus 5 dollars'],
    ['en', '- 5 apples\n- 2 pears', '5 apples, 2 pears'],
    ['en', '- apples', 'apples'],
    ['en', 'You get:\n- 5 apples', 'You get: 5 apples'],
    ['en', '<ul><li>5 apples</li></ul>', '5 apples'],
    ['en', '- 2026-11-22', 'November 22, 2026'],
    ['en', 'Pizza - $12, Pasta - $10', 'Pizza, 12 dollars, Pasta, 10 dollars'],
    ['en', '10 EUR - 12 EUR', '10 euros, 12 euros'],
    ['en', '($1,200.00)', 'minus 1 thousand 200 dollars'],
    ['en', 'Net: (1,200.00 USD).', 'Net: minus 1 thousand 200 US dollars.'],
    ['en', 'A fee ($5) applies', 'A fee, 5 dollars, applies'],
    ['en', '2**3 and **bold 2** x', '2 to the power of 3 and bold 2 x'],
    ['en', '10^3', '10 to the power of 3'],
    ['en', '5<sup>2</sup> on the 10<sup>th</sup>', '5 to the power of 2 on the 10th'],
    ['de', '2**3, 10^3, 5<sup>2</sup>', '2^3, 10^3, 5^2'],
    ['en', 'null', ''],
    ['en', ' undefined\n', ''],
    ['en', '"null"', ''],
    ['en', '[null]', ''],
    ['en', '{"result":"undefined"}', ''],
    ['en', '```json\nnull\n```', ''],
    ['en', 'null is a word', 'null is a word'],
  ])('keeps the meaning, %s: %j', (language, text, said) => {
    expect(say(text, language)).toBe(said);
    expect(say(said, language)).toBe(said);
  });

  it('says other languages by Intl, without a word of English', () => {
    const text = 'Ihre Bestellung AB12CD34 über 1.234,50 € kommt am 2026-11-22 um 14:30, 10-12 Uhr, 50 %.';
    expect(say(text, 'de')).toBe(
      'Ihre Bestellung A B 1 2, C D 3 4 über 1.234,50 Euro kommt am 22. November 2026 um 14:30, 10-12 Uhr, 50 %.',
    );
  });

  it.each(['tlh', 'x', '', 'not a tag', '\ud800'])('takes the language %j as English', (language) => {
    expect(say('on 2026-11-22', language)).toBe('on November 22, 2026');
  });

  it('leaves English text alone that is fine', () => {
    const fine = 'Your appointment with Dr. May is on Tuesday at 9:30. Room 12, 2nd floor; is that all right?';
    expect(say(fine)).toBe(fine);
  });

  it('leaves nothing that the formatter of Vapi would make worse', () => {
    const said = say('Pay $12,345.60 by 2026-11-22 14:30 for #2023-0510 or call 415-555-0123 about 123,456 items');
    // Markup and brackets it drops with their words; digits above its cutoff it reads one by one.
    expect(said).not.toMatch(/[<>*_`~\n$@]/);
    const numbers = said.replace('November 22, 2026', '').match(/\d+/g) ?? [];
    expect(numbers.map(Number).filter((number) => number > 2025)).toEqual([]);
  });

  it.each([
    ['letters', 'a'],
    ['digits', '1'],
    ['numbers', '1 '],
    ['dashes', '1-'],
    ['dates', '2026-'],
    ['underscores', '_'],
    ['open tags', '<a '],
    ['comments', '<!--'],
    ['brackets', '['],
    ['links', '[a]('],
    ['broken JSON', '{"a":'],
    ['fences', '```'],
    ['mails', 'a@'],
    ['pipes', '|\n'],
    ['dots', '. '],
    ['spaces', ' '],
    ['amounts', '$1,'],
    ['halves of pairs', '\ud800'],
    ['dashes with spaces', '– '],
  ])('reads a megabyte of %s in time', (_what, unit) => {
    const text = `x${unit.repeat(1_000_000 / unit.length)}é`;
    const start = performance.now();
    const said = speakable(text, { language: 'en', maxCharacters: 800 });
    // Far above what it takes (under 0.5 s), far below what one step of quadratic time would.
    expect(performance.now() - start).toBeLessThan(5000);
    expect(said.length).toBeLessThanOrEqual(800);
  });
});

describe('sentenceOf', () => {
  const plan = { language: 'en', maxCharacters: 100 };

  it.each([
    ['About your order: {text}', 'It shipped.', 'About your order: It shipped.'],
    ['Here it is: {text}.', 'It shipped.', 'Here it is: It shipped.'],
    ['{text} is what I found.', 'A table for two.', 'A table for two is what I found.'],
    ['{text}, as you asked.', 'Done.', 'Done, as you asked.'],
    ['{text}. Anything else?', 'Is that fine?', 'Is that fine? Anything else?'],
    ['{text} Anything else?', 'It shipped.', 'It shipped. Anything else?'],
    ['Result: {text}', '**$5** & {text} $& $1', 'Result: 5 dollars & text $& 1 dollar'],
  ])('%s', (template, text, said) => {
    expect(sentenceOf(text, { ...plan, template }, false)).toBe(said);
  });

  it('uses the template of repeats for a repeat, or the first', () => {
    const both = { ...plan, template: 'News: {text}', repeatTemplate: 'As I was saying: {text}' };
    expect(sentenceOf('Done.', both, true)).toBe('As I was saying: Done.');
    expect(sentenceOf('Done.', both, false)).toBe('News: Done.');
    expect(sentenceOf('Done.', { ...plan, template: 'News: {text}' }, true)).toBe('News: Done.');
    expect(sentenceOf('Done.', plan, true)).toBe('Done.');
  });

  it('holds the cap for the whole, and cuts the text rather than the template', () => {
    const said = sentenceOf('word '.repeat(100), { ...plan, template: 'So: {text}. Anything else?' }, false);
    expect(said).toMatch(/^So: word .*word\. Anything else\?$/);
    expect(said.length).toBeLessThanOrEqual(100);
  });

  it('leaves out a template that leaves no room, and says nothing around nothing', () => {
    const long = `${'About your order '.repeat(5)}{text}`;
    expect(sentenceOf('Done.', { ...plan, template: long }, false)).toBe('Done.');
    expect(sentenceOf('{}', { ...plan, template: 'News: {text}' }, false)).toBe('');
  });
});
