import { describe, expect, it } from '@jest/globals';
import { DEFAULT_START_TEXT } from './events/tool-definition.js';
import { soundsLikeSuccess } from './start-text.js';

describe('soundsLikeSuccess', () => {
  it.each([
    ['Done!', 'Done'],
    ['All set.', 'All set'],
    ['Great, your appointment is booked.', 'is booked'],
    ['Your table has been reserved', 'has been reserved'],
    ["I've sent the mail, anything else?", "I've sent"],
    ['I’ve just cancelled it.', "I've just cancelled"],
    ['We have now updated your address.', 'We have now updated'],
    ['Your report is ready.', 'is ready'],
    ['The order was successfully placed.', 'successfully'],
  ])('hears it in "%s"', (text, words) => {
    expect(soundsLikeSuccess(text)?.toLowerCase()).toContain(words.toLowerCase().split(' ')[0]);
  });

  it.each([
    DEFAULT_START_TEXT,
    'One moment, I am booking it.',
    "I'll tell you when it is booked.",
    'Let me see what is needed.',
    'This takes a minute, I will say when your report is ready.',
    "As soon as it's done you will hear from me.",
    'It is not booked yet, one moment.',
    'I am looking through the calendar, one moment.',
    'Einen Moment, ich sehe nach.',
    '',
  ])('does not hear it in "%s"', (text) => {
    expect(soundsLikeSuccess(text)).toBeUndefined();
  });
});
