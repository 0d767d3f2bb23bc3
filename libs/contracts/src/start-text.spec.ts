import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { DEFAULT_START_TEXT } from './events/tool-definition.js';
import { soundsLikeSuccess } from './start-text.js';

const doneWords = fc.constantFrom('booked', 'done', 'sent', 'cancelled', 'confirmed', 'ready', 'updated', 'paid');
const subjects = fc.constantFrom('It is', 'Your order has been', "That's", 'Everything was', 'I have');
const laterWords = fc.constantFrom('when', 'once', 'as soon as', 'until', 'if', 'before');
const notYet = fc.constantFrom("It isn't", 'It will be', "I'll get it", 'It is not yet', 'It is being', 'That can be');

describe('soundsLikeSuccess', () => {
  it.each([
    ['Done!', 'Done'],
    ['All set. You will get a mail.', 'All set'],
    ['Great, your appointment is booked.', 'booked'],
    ['Your table has been reserved', 'reserved'],
    ["I've sent the mail, anything else?", 'sent'],
    ['I’ve just cancelled it.', 'cancelled'],
    ['We have now updated your address.', 'updated'],
    ['Okay, the order has been cancelled, anything else?', 'cancelled'],
    ['The order was successfully placed.', 'successfully'],
    ["I'm looking, and your {{ thing }} is ready.", 'ready'],
  ])('hears success in %j', (text, word) => {
    expect(soundsLikeSuccess(text)).toBe(word);
  });

  it.each([
    DEFAULT_START_TEXT,
    "I'm looking into it.",
    'One moment, I am booking it.',
    'Let me get that booked for you.',
    'Let me see what is needed.',
    "I'll tell you as soon as it's done.",
    "As soon as it's done you will hear from me.",
    'This takes a minute, I will say when your report is ready.',
    'One moment, I am going to cancel it.',
    'Give me a minute; once everything is confirmed I will let you know.',
    "It isn't booked yet.",
    'It is not booked yet, one moment.',
    'I am looking through the calendar, one moment.',
    'Ich kümmere mich darum.',
    '{{ done }}',
    '',
  ])('hears a beginning in %j', (text) => {
    expect(soundsLikeSuccess(text)).toBeUndefined();
  });

  it('hears what is said to be so, whatever stands before it', () => {
    fc.assert(
      fc.property(subjects, doneWords, fc.boolean(), (subject, word, shout) => {
        const text = `One moment. ${subject} ${word}.`;
        expect(soundsLikeSuccess(shout ? text.toUpperCase() : text)?.toLowerCase()).toBe(word);
      }),
    );
  });

  it('does not take a promise or a denial for it', () => {
    fc.assert(
      fc.property(laterWords, subjects, doneWords, (later, subject, word) => {
        expect(soundsLikeSuccess(`I am on it, you hear from me ${later} ${subject} ${word}.`)).toBeUndefined();
      }),
    );
    fc.assert(
      fc.property(notYet, doneWords, (start, word) => {
        expect(soundsLikeSuccess(`${start} ${word}.`)).toBeUndefined();
      }),
    );
  });

  it('ends for any text', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 1000 }), (text) => {
        expect(['string', 'undefined']).toContain(typeof soundsLikeSuccess(text));
      }),
    );
  });
});
