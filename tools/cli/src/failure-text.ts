/** What a person is told of the error that ended a command: its text, or where it happened if nobody foresaw it. */
export function failureText(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown error';
  return isOurs(error) ? error.message : (error.stack ?? error.message);
}

/**
 * Errors of this product say what to do. They are known by the mark that their guards look for, so that a command need not
 * load the libraries of the others.
 */
function isOurs(error: Error): boolean {
  return Object.getOwnPropertySymbols(error).some((symbol) => Symbol.keyFor(symbol)?.startsWith('interject.') === true);
}
