import { describe, expect, it } from '@jest/globals';
import { MessagingError, MessagingErrorCodes } from '@interject/messaging';
import { failureText } from './failure-text.js';
import { UsageError } from './usage.errors.js';

describe('failureText', () => {
  it('gives the text of errors that were made for people', () => {
    expect(failureText(new UsageError('Which letters?'))).toBe('Which letters?');
    const failure = new MessagingError(MessagingErrorCodes.NotInstalled, 'There is no installation.');
    expect(failureText(failure)).toBe('There is no installation.');
  });

  it('says where an unforeseen one happened', () => {
    expect(failureText(new TypeError('x is not a function'))).toMatch(/^TypeError: x is not a function\n {4}at /);
    expect(failureText('thrown text')).toBe('unknown error');
  });
});
