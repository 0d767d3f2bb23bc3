/** Terminal colours; a control character, then `[31m`. */
const TERMINAL_CODES = /\p{Cc}\[[0-9;]{0,20}[A-Za-z]/gu;
const LINE_BREAKS = /\r\n?|[\n\v\f\u0085\u2028\u2029]/g;
/** Pictures, flags, skin tones, keycap frames and the selectors after them; © and ™ are among them. */
const PICTURES = /[\p{Extended_Pictographic}\p{Emoji_Modifier}\p{Regional_Indicator}\u20e3\ufe0e\ufe0f]+/gu;
/**
 * What is not seen: zero-width and bidi characters, soft hyphens, tags, private and unassigned characters, lone
 * surrogates. The two joiners are letters' spelling in Persian or Hindi, so they stay between letters beyond Latin.
 */
const UNSEEN = /(?![\u200c\u200d])[\p{Cf}\p{Co}\p{Cn}\p{Cs}\ufffc\ufffd]+/gu;
const JOINERS =
  /(?<![\p{L}\p{M}])[\u200c\u200d]+|(?<=\p{Script=Latin})[\u200c\u200d]+|[\u200c\u200d]+(?![\p{L}\p{M}])/gu;
const CONTROLS = /(?!\n)\p{Cc}+/gu;

/** Nearly every text: all of it is seen. */
const PRINTABLE = /^[ -~]*$/;

/** Returns the text with what is seen only: no controls, pictures or invisible characters; lines end with `\n`. */
export function visibleText(text: string): string {
  if (PRINTABLE.test(text)) return text;
  return text
    .replace(TERMINAL_CODES, '')
    .replace(LINE_BREAKS, '\n')
    .replace(/\t/g, ' ')
    .replace(UNSEEN, '')
    .replace(PICTURES, ' ')
    .replace(JOINERS, '')
    .replace(CONTROLS, '')
    .replace(/[^\S\n]/g, ' ');
}
