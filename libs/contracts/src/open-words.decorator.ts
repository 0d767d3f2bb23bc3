import 'reflect-metadata';
import { Transform } from 'class-transformer';
import { IsIn } from 'class-validator';

const OPEN_WORDS = Symbol('interject.open-words');

/**
 * A word from a list to which newer releases may add: one that is not known is read as `other`, which is in the list, too.
 * For words that readers only tell of; where one decides what is done, a new word makes a new version (`@Version`).
 */
export function OpenWords(words: readonly string[], other: string): PropertyDecorator {
  const list: ReadonlySet<string> = new Set([...words, other]);
  const known = (value: unknown): unknown => (typeof value === 'string' && !list.has(value) ? other : value);
  return (prototype, field) => {
    IsIn([...list])(prototype, String(field));
    Transform(({ value }) => known(value), { toClassOnly: true })(prototype, field);
    Reflect.defineMetadata(OPEN_WORDS, known, prototype, field);
  };
}

/** What reads a field of open words; undefined for another field. */
export function openWordsOf(prototype: object, field: string): ((value: unknown) => unknown) | undefined {
  return Reflect.getMetadata(OPEN_WORDS, prototype, field) as ((value: unknown) => unknown) | undefined;
}
