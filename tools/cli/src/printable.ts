// What controls a terminal: names in a foreign account may hold it, and would fake lines of ours or clear the screen.
const CONTROLS = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu;

/** The text with every control character shown as its code, line breaks too. */
export function inOneLine(text: string): string {
  return text.replaceAll(CONTROLS, shown);
}

/** The same for a text of several lines: line breaks stay. */
export function printable(text: string): string {
  return text.replaceAll(CONTROLS, (character) => (character === '\n' ? character : shown(character)));
}

function shown(character: string): string {
  return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}
