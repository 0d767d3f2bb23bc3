/** What an English sentence says of something that is over. */
const FINISHED = [
  /\b(?:done|all set|finished|success(?:ful(?:ly)?)?)\b/i,
  /\b(?:is|are|was|were|has been|have been|it's|that's|you're) (?:now |already |all )*(?:\w+ed|sent|made|found|set up|ready|paid|done)\b/i,
  /\b(?:i|we)(?:'ve| have)(?: just| now| already)* (?:\w+ed|sent|made|found|set|put|paid|taken care)\b/i,
];

/** What comes after it lies ahead. */
const AHEAD =
  /\b(?:when|once|as soon as|until|till|before|if|after|'ll|will|going to|let me|to be|not|n't)\b|'ll\b|n't\b/i;

/**
 * What Vapi says when a tool is called is said before anything has happened (VAPI.md 5): words that sound like success
 * would be a lie that caller and model both believe.
 *
 * @param text of `ToolDefinition.sayOnStart`; only English is understood
 * @returns the words that sound like success, if there are some
 */
export function soundsLikeSuccess(text: string): string | undefined {
  for (const clause of text.replaceAll('’', "'").split(/[.!?;,:–—]| - |\band\b|\bbut\b/i)) {
    const ahead = AHEAD.exec(clause)?.index ?? clause.length;
    for (const words of FINISHED) {
      const found = words.exec(clause.slice(0, ahead));
      if (found !== null) return found[0];
    }
  }
  return undefined;
}
