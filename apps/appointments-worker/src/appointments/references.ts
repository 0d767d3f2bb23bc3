import { randomInt } from 'node:crypto';

/** Token of a function that draws a reference: six digits, easy to say and to type on a phone. */
export const DRAW_REFERENCE = Symbol('DRAW_REFERENCE');
export type DrawReference = () => string;

const DIGITS = 6;

/** Random, so that nobody can guess the next caller's from their own. */
export function drawReference(): string {
  return String(randomInt(0, 10 ** DIGITS)).padStart(DIGITS, '0');
}

/** What a caller or a speech recogniser makes of it: "12 34-56". `undefined` if it cannot be one. */
export function parseReference(text: string): string | undefined {
  const digits = text.replaceAll(/\D/g, '');
  return digits.length === DIGITS ? digits : undefined;
}
