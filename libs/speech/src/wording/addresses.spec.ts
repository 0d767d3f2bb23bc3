import { describe, expect, it } from '@jest/globals';
import { readAddresses } from './addresses.js';
import { spokenLanguage } from './spoken-language.js';

describe('readAddresses', () => {
  it.each([
    ['en', 'See https://www.example.com/track/AB12?x=1.', 'See example dot com slash track.'],
    ['en', 'http://jo:pw@a.io:8080/#top', 'a dot io'],
    ['en', 'www.example.co.uk/0815/x', 'example dot co dot uk'],
    ['en', 'https://example.com?x=1, ok', 'example dot com, ok'],
    ['en', 'https:// and www.', 'https:// and www.'],
    ['en', 'Mail jo.doe@example.com.', 'Mail jo dot doe at example dot com.'],
    ['en', 'jo_x+1@mail.example.com', 'jo underscore x plus 1 at mail dot example dot com'],
    ['en', '@jo, a@b, 3 @ 5', '@jo, a@b, 3 @ 5'],
    ['de', 'https://www.example.com/a oder jo@example.com', 'example.com oder jo@example.com'],
  ])('%s: %s', (language, text, said) => {
    expect(readAddresses(text, spokenLanguage(language))).toBe(said);
  });
});
