import type { VariableType } from './env.decorator.js';

export type VariableValue = string | number | boolean | readonly string[];
export type ReadResult =
  { readonly ok: true; readonly value: VariableValue } | { readonly ok: false; readonly problem: string };

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const BOOLEANS: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['1', true],
  ['yes', true],
  ['on', true],
  ['false', false],
  ['0', false],
  ['no', false],
  ['off', false],
]);

/** Reads the text of a variable as `type`. Only a list's items and what is not a string are trimmed. */
export function readVariable(text: string, type: VariableType): ReadResult {
  switch (type) {
    case 'string':
      return { ok: true, value: text };
    case 'number': {
      // Number() alone takes '0x1f', '' and 'Infinity'.
      const trimmed = text.trim();
      return NUMBER.test(trimmed) ? { ok: true, value: Number(trimmed) } : { ok: false, problem: 'must be a number' };
    }
    case 'boolean': {
      const value = BOOLEANS.get(text.trim().toLowerCase());
      return value === undefined ? { ok: false, problem: 'must be true or false' } : { ok: true, value };
    }
    case 'list': {
      const items = text.split(',').map((item) => item.trim());
      return { ok: true, value: items.filter((item) => item !== '') };
    }
  }
}
