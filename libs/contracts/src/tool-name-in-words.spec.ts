import { describe, expect, it } from '@jest/globals';
import { toolNameInWords } from './tool-name-in-words.js';

describe('toolNameInWords', () => {
  it.each([
    ['build_report', 'build report'],
    ['buildReport', 'build report'],
    ['build-Report2Go', 'build report2 go'],
    ['GET-status', 'get status'],
    ['_look__up_', 'look up'],
    ['__', ''],
  ])('reads %s as %j', (name, words) => {
    expect(toolNameInWords(name)).toBe(words);
  });
});
