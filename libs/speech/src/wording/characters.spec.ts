import { describe, expect, it } from '@jest/globals';
import { visibleText } from './characters.js';

describe('visibleText', () => {
  it.each([
    ['a byte order mark', '\ufeffHello', 'Hello'],
    ['zero-width characters', 'Hel\u200blo\u2060', 'Hello'],
    ['a bidi override', 'Pay \u202e05\u202c now', 'Pay 05 now'],
    ['a soft hyphen', 'Liefer\u00adung', 'Lieferung'],
    ['controls', 'a\u0000b\u0007', 'ab'],
    ['terminal colours', '\u001b[31mred\u001b[0m', 'red'],
    ['a lone surrogate', 'a\ud800b\udc00', 'ab'],
    ['a smile with a skin tone', 'Hi 👋🏽!', 'Hi  !'],
    ['a flag and a keycap', '🇩🇪 1️⃣', '  1 '],
    ['a family', '👩‍👩‍👧 home', '    home'],
    ['other line ends', 'a\r\nb\rc\u2028d\u0085e', 'a\nb\nc\nd\ne'],
    ['narrow spaces', '12\u202f345\u00a0€', '12 345 €'],
  ])('drops %s', (_what, text, seen) => {
    expect(visibleText(text)).toBe(seen);
  });

  it('keeps the joiners that are spelling: Persian and Hindi', () => {
    expect(visibleText('می\u200cخواهم')).toBe('می\u200cخواهم');
    expect(visibleText('क\u094d\u200dष')).toBe('क\u094d\u200dष');
    expect(visibleText('ab\u200ccd')).toBe('abcd');
  });
});
