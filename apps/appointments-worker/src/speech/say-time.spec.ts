import { describe, expect, it } from '@jest/globals';
import { Temporal } from 'temporal-polyfill';
import { sayClock, sayDate, sayList, sayMoment, sayMoments } from './say-time.js';

const TODAY = Temporal.PlainDate.from('2026-11-22');

function moments(...texts: readonly string[]): readonly Temporal.PlainDateTime[] {
  return texts.map((text) => Temporal.PlainDateTime.from(text));
}

describe('times in words', () => {
  it.each([
    ['2026-11-24', 'Tuesday the 24th'],
    ['2026-11-22', 'Sunday the 22nd'],
    ['2026-11-23', 'Monday the 23rd'],
    ['2026-12-01', 'Tuesday the 1st of December'],
    ['2026-12-11', 'Friday the 11th of December'],
    ['2027-11-24', 'Wednesday the 24th of November'],
  ])('says the day %s', (date, words) => {
    expect(sayDate(Temporal.PlainDate.from(date), TODAY)).toBe(words);
  });

  it.each([
    ['09:00', "9 o'clock"],
    ['09:30', '9 thirty'],
    ['12:15', '12 fifteen'],
    ['14:45', '2 forty-five'],
    ['00:05', '12 oh 5'],
    ['17:40', '5 40'],
  ])('says %s on the clock', (time, words) => {
    expect(sayClock(Temporal.PlainTime.from(time))).toBe(words);
  });

  it('says the part of the day where it is needed', () => {
    const [morning, afternoon, evening] = moments('2026-11-24T09:30', '2026-11-24T14:00', '2026-11-24T17:30').map(
      (moment) => sayMoment(moment, TODAY),
    );

    expect(morning).toBe('Tuesday the 24th at 9 thirty');
    expect(afternoon).toBe("Tuesday the 24th at 2 o'clock in the afternoon");
    expect(evening).toBe('Tuesday the 24th at 5 thirty in the evening');
  });

  it('says each day and each part of it once', () => {
    expect(sayMoments(moments('2026-11-24T11:30', '2026-11-24T14:00', '2026-11-24T14:30'), TODAY)).toBe(
      "Tuesday the 24th at 11 thirty, 2 o'clock or 2 thirty in the afternoon",
    );
    expect(sayMoments(moments('2026-11-24T16:30', '2026-11-24T17:00', '2026-11-25T08:30'), TODAY)).toBe(
      "Tuesday the 24th at 4 thirty in the afternoon, 5 o'clock in the evening or Wednesday the 25th at 8 thirty",
    );
  });

  it('says a list as people do', () => {
    expect([sayList(['a']), sayList(['a', 'b']), sayList(['a', 'b', 'c'])]).toEqual(['a', 'a or b', 'a, b or c']);
  });
});
