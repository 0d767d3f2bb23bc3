import { describe, expect, it } from '@jest/globals';
import { readDates } from './dates.js';
import { spokenLanguage } from './spoken-language.js';

describe('readDates', () => {
  it.each([
    ['en', '2026-11-22', 'November 22, 2026'],
    ['en', '(2026/11/22).', '(November 22, 2026).'],
    ['en', '2026-11-22 - 2026-11-24', 'November 22, 2026 to November 24, 2026'],
    ['en-GB', '2026-11-22 14:30', '22 November 2026 at 14:30'],
    ['de', '2026-11-22', '22. November 2026'],
    ['ja', '会議は2026-11-22です', '会議は2026年11月22日です'],
    ['en', '14:30 and 14:30:00 and 09:05', '2:30 PM and 2:30 PM and 9:05 AM'],
    ['en', '00:00', '12:00 AM'],
    ['en', '14:00-15:30', '2:00 PM to 3:30 PM'],
    ['en', '2:30pm - 3:30pm', '2:30pm to 3:30pm'],
    ['de', '14:30:00 Uhr', '14:30 Uhr'],
    ['en', '10:30 or 9:30, as it is said', '10:30 or 9:30, as it is said'],
    ['en', '10:30:00', '10:30 AM'],
    ['en', '2:30:15 PM', '2:30 PM'],
    ['en', '2026-11-22T14:30:00+01:00', 'November 22, 2026 at 2:30 PM'],
    ['en', '2026-11-22T14:30:00.123Z', 'November 22, 2026 at 2:30 PM UTC'],
    ['fr', '2026-11-22T14:30Z', '22 novembre 2026 à 14:30 UTC'],
    [
      'en',
      '3:1, 1.2.3, 1:02:03:04, 24:30, 2026-02-30, 2026-11-22-33, 03/04/2026',
      '3:1, 1.2.3, 1:02:03:04, 24:30, 2026-02-30, 2026-11-22-33, 03/04/2026',
    ],
  ])('%s: %s', (language, text, said) => {
    expect(readDates(text, spokenLanguage(language))).toBe(said);
  });

  it('puts times with an offset into a zone that is given, and others as they are', () => {
    const read = (text: string, zone: string): string => readDates(text, spokenLanguage('en'), zone);
    expect(read('2026-11-22T14:30:00Z', 'America/New_York')).toBe('November 22, 2026 at 9:30 AM');
    expect(read('2026-11-22T01:30:00+0200', 'America/New_York')).toBe('November 21, 2026 at 6:30 PM');
    expect(read('2026-11-22T14:30:00', 'America/New_York')).toBe('November 22, 2026 at 2:30 PM');
    expect(read('2026-11-22T14:30:00Z', 'Mars/Base')).toBe('November 22, 2026 at 2:30 PM UTC');
  });
});
