import { describe, expect, it } from '@jest/globals';
import { DEFAULT_START_TEXT } from '@interject/contracts';
import fc from 'fast-check';
import { soundsDone } from './success-wording.js';

const doneWords = fc.constantFrom('booked', 'done', 'sent', 'cancelled', 'confirmed', 'ready', 'updated', 'paid');
const subjects = fc.constantFrom('It is', 'Your order has been', "That's", 'Everything was', 'I have');
const laterWords = fc.constantFrom('when', 'once', 'as soon as', 'until', 'if', 'before');
const notYet = fc.constantFrom("It isn't", 'It will be', "I'll get it", 'It is not yet', 'It is being', 'That can be');

describe('soundsDone', () => {
  it.each([
    'Done!',
    'Your appointment is booked.',
    "I've sent it to you.",
    'Okay, the order has been cancelled, anything else?',
    'All set. You will get a mail.',
    'SUCCESSFULLY submitted',
    "I'm looking, and your {{ thing }} is ready.",
  ])('hears success in %j', (text) => {
    expect(soundsDone(text)).toBeDefined();
  });

  it.each([
    DEFAULT_START_TEXT,
    "I'm looking into it.",
    'Let me get that booked for you.',
    "I'll tell you as soon as it's done.",
    'One moment, I am going to cancel it.',
    'Give me a minute; once everything is confirmed I will let you know.',
    "It isn't booked yet.",
    'Ich kümmere mich darum.',
    '{{ done }}',
    '',
  ])('hears a beginning in %j', (text) => {
    expect(soundsDone(text)).toBeUndefined();
  });

  it('hears what is said to be so, whatever stands before it', () => {
    fc.assert(
      fc.property(subjects, doneWords, fc.boolean(), (subject, word, shout) => {
        const text = `One moment. ${subject} ${word}.`;
        expect(soundsDone(shout ? text.toUpperCase() : text)?.toLowerCase()).toBe(word);
      }),
    );
  });

  it('does not take a promise or a denial for it', () => {
    fc.assert(
      fc.property(laterWords, subjects, doneWords, (later, subject, word) => {
        expect(soundsDone(`I am on it, you hear from me ${later} ${subject} ${word}.`)).toBeUndefined();
      }),
    );
    fc.assert(
      fc.property(notYet, doneWords, (start, word) => {
        expect(soundsDone(`${start} ${word}.`)).toBeUndefined();
      }),
    );
  });

  it('ends for any text', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 1000 }), (text) => {
        expect(['string', 'undefined']).toContain(typeof soundsDone(text));
      }),
    );
  });
});
