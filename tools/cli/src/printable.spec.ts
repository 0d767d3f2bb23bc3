import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { inOneLine, printable } from './printable.js';

describe('what is printed', () => {
  it('cannot control the terminal', () => {
    expect(printable('\u001b[2Jname\u0007')).toBe('\\u{1b}[2Jname\\u{7}');
    expect(inOneLine('a\n= create b')).toBe('a\\u{a}= create b');
    expect(printable('one\ntwo')).toBe('one\ntwo');
    expect(printable('\u202etxt.exe')).toBe('\\u{202e}txt.exe');
  });

  it('is left alone when it does not try to', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'aZ0 _-äß中😀"\\{}') }), (text) => {
        expect(inOneLine(text)).toBe(text);
      }),
    );
  });
});
