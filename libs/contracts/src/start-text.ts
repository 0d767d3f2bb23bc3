/**
 * Words that say of something that it has happened. English alone: for another language nothing is found, and a person has
 * to read the line (docs/guides/vapi-tools.md).
 */
const DONE_WORDS = [
  'done|complete|completed|finished|ready|successful|successfully|success|succeeded|accomplished|handled|resolved|fixed',
  'booked|scheduled|rescheduled|reserved|arranged|confirmed|cancelled|canceled|ordered|purchased|bought|paid|refunded|charged',
  'sent|delivered|shipped|submitted|forwarded|transferred|emailed|texted|posted|created|added|saved|stored|updated|changed',
  'deleted|removed|registered|enrolled|processed|found|built|generated|activated|approved|all set|taken care of|in place',
].join('|');
const DONE = new RegExp(`\\b(?:${DONE_WORDS})\\b`, 'i');

/** What makes the same word a promise, a question or a denial of it. */
const NOT_YET = new RegExp(
  [
    '\\b(?:will|shall|would|can|could|should|may|might|must|to|not|never|cannot|about|yet|being|get|getting|let me|trying|try|soon)\\b',
    "(?:'ll|n't|’ll|n’t)\\b",
  ].join('|'),
  'i',
);
/** From here to the end of the clause it is about later. */
const LATER = /\b(?:when|whenever|once|until|till|as soon as|after|before|if|whether|unless|while)\b[^.,;:!?]*/gi;
const CLAUSE = /[.,;:!?]+|\b(?:and|but|so)\b/i;
const TEMPLATE = /\{\{[^}]*\}\}/g;

/**
 * What Vapi says when a tool is called is said before anything has happened (VAPI.md 5): words that sound like success would
 * be a lie that caller and model both believe. A guess by word lists, with errors both ways: for a hint to a person, not for
 * a decision.
 *
 * @param text of `ToolDefinition.sayOnStart`
 * @returns the word by which it sounds as if the job were done already
 */
export function soundsLikeSuccess(text: string): string | undefined {
  const clauses = text.replace(TEMPLATE, ' it ').replace(LATER, ' ').split(CLAUSE);
  for (const clause of clauses) {
    const found = DONE.exec(clause);
    if (found !== null && !NOT_YET.test(clause.slice(0, found.index)) && !/\byet\b/i.test(clause)) return found[0];
  }
  return undefined;
}
