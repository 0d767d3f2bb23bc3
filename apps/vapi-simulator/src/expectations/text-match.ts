/** Whether a text holds another (case and spacing do not matter), or fits `/a regular expression/flags`. */
export function matches(pattern: string, text: string): boolean {
  return placeOf(pattern, text) >= 0;
}

/** Where in the text the pattern begins, for comparing places; -1 where it does not fit. */
export function placeOf(pattern: string, text: string): number {
  const expression = /^\/(.+)\/([a-z]*)$/s.exec(pattern);
  if (expression !== null) return text.search(new RegExp(expression[1] ?? '', expression[2]));
  return normalise(text).indexOf(normalise(pattern));
}

function normalise(text: string): string {
  return text.toLowerCase().replace(/\s+/g, ' ').trim();
}
