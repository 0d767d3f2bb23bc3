/** Titles that callers leave out or add as they like. */
const TITLES: ReadonlySet<string> = new Set(['dr', 'doctor', 'prof', 'professor', 'mr', 'mrs', 'ms', 'miss']);

/** The words of a name as it was heard: no case, accents, punctuation or titles. */
export function nameWords(text: string): readonly string[] {
  return words(text).filter((word) => !TITLES.has(word));
}

/** Lower-case words without accents and punctuation. */
export function words(text: string): readonly string[] {
  const plain = text.normalize('NFD').replaceAll(/\p{Mark}/gu, '');
  return plain.toLowerCase().match(/[\p{Letter}\p{Number}]+/gu) ?? [];
}

/** True if somebody called `name` may have been meant by `asked`: each word that was said is part of it. */
export function isNamed(name: string, asked: string): boolean {
  const all = new Set(nameWords(name));
  const said = nameWords(asked);
  return said.length > 0 && said.every((word) => all.has(word));
}
