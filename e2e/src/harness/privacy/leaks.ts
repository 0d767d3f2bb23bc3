import type { PrivateKind, PrivateValue } from './private-values.js';

/** Something that people who may not know private values can read. */
export interface Printed {
  /** E.g. `log of gateway`. */
  readonly where: string;
  readonly text: string;
}

/** A private value in a place where it must not be. */
export interface Leak {
  readonly kind: PrivateKind;
  readonly where: string;
  /** The place, with what stands around it. */
  readonly excerpt: string;
}

interface Pattern {
  readonly kind: PrivateKind;
  readonly pattern: RegExp;
}

const AROUND = 60;
/** Between the digits of a number as people write it. */
const SEPARATORS = '[ ()./-]{0,2}';
const FEWEST_DIGITS = 8;

/** What is private wherever it comes from: known by its form. */
const FORMS: readonly Pattern[] = [
  // `/<call id>/control`, also percent-encoded.
  { kind: 'control URL', pattern: /(?:\/|%2F)[\w.~-]+(?:\/|%2F)control\b/i },
  // The token in a callback URL is a secret: who has it may answer for the backend.
  { kind: 'secret', pattern: /\/callbacks\/[\w.~-]{16,}/ },
  { kind: 'secret', pattern: /\bbearer\s+[\w.~+/-]{8,}/i },
  { kind: 'phone number', pattern: /(?:\+|%2B)[1-9](?:[ ()./-]{0,2}\d){7,14}(?!\d)/i },
];

/** Where a text holds a private value, in one of the forms that it takes in logs: one leak for each value and text. */
export function findLeaks(printed: readonly Printed[], values: readonly PrivateValue[]): readonly Leak[] {
  const patterns = [...FORMS, ...values.map(patternOf)];
  return printed.flatMap(({ where, text }) =>
    patterns.flatMap(({ kind, pattern }) => {
      const found = pattern.exec(text);
      if (found === null) return [];
      const excerpt = text.slice(Math.max(0, found.index - AROUND), found.index + found[0].length + AROUND);
      return [{ kind, where, excerpt }];
    }),
  );
}

/** @throws Error that names every leak */
export function expectNoLeaks(printed: readonly Printed[], values: readonly PrivateValue[]): void {
  const leaks = findLeaks(printed, values);
  if (leaks.length === 0) return;
  const lines = leaks.map(({ kind, where, excerpt }) => `${kind} in the ${where}: ...${excerpt}...`);
  throw new Error(`Private values were printed:\n${lines.join('\n')}`);
}

function patternOf({ kind, value }: PrivateValue): Pattern {
  if (kind === 'phone number') return { kind, pattern: numberPattern(value) };
  const forms = [value, JSON.stringify(value).slice(1, -1), encodeURIComponent(value)];
  if (kind === 'secret') forms.push(Buffer.from(value).toString('base64').replace(/=+$/, ''));
  return { kind, pattern: new RegExp([...new Set(forms)].map(escaped).join('|'), 'i') };
}

/** The digits, however they are grouped. @throws TypeError for what has too few to be told from other numbers */
function numberPattern(value: string): RegExp {
  const digits = value.replace(/\D/g, '');
  if (digits.length < FEWEST_DIGITS) throw new TypeError(`'${value}' is no telephone number.`);
  return new RegExp([...digits].join(SEPARATORS));
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
}
