/** Whether a text holds another (case and spacing do not matter), or fits `/a regular expression/flags`. */
export function matches(pattern: string, text: string): boolean {
  const expression = /^\/(.+)\/([a-z]*)$/s.exec(pattern);
  if (expression !== null) return new RegExp(expression[1] ?? '', expression[2]).test(text);
  return normalise(text).includes(normalise(pattern));
}

function normalise(text: string): string {
  return text.toLowerCase().replace(/\s+/g, ' ').trim();
}
