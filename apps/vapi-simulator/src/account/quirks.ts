import { isJsonObject } from '../scenario/json.types.js';

/** What this simulated REST API does where Vapi's documentation is open, contradicts itself, or was seen otherwise. */
export interface Quirks {
  /** `type` in the body of `PATCH /tool/:id`: OpenAPI allows it, the SDK demands it, Vapi's own tool leaves it out (VAPI.md 5). */
  readonly patchType: 'refuse' | 'ignore';
  /** Properties that no DTO has. */
  readonly unknownProperties: 'refuse' | 'strip';
  /** A list as `type` of a JSON Schema: the typings know single types, an error text of the API knows lists. */
  readonly schemaTypes: 'single' | 'list';
  /** JSON Schema keywords that the typings do not have, like `anyOf` and `minLength`. */
  readonly schemaKeywords: 'keep' | 'strip' | 'refuse';
  /** Deleting a tool that an assistant uses: 409, or the assistant is left with a dangling id. */
  readonly deleteInUse: 'refuse' | 'allow';
  /** Whether a change by API is published, stays a draft that calls do not play, or there are no versions (VAPI.md 7, question 7). */
  readonly versions: 'publish' | 'draft' | 'none';
  /** `verbose` fills in defaults and fields that nobody sent, so that what comes back is not what was sent. */
  readonly responses: 'plain' | 'verbose';
  /** Vapi does not say in which order it lists. */
  readonly listOrder: 'newest' | 'oldest';
  /** Requests closer than so many ms to the one before are answered 429; 0 is never. */
  readonly minimumSpacingMs: number;
}

export const DEFAULT_QUIRKS: Quirks = {
  patchType: 'refuse',
  unknownProperties: 'refuse',
  schemaTypes: 'single',
  schemaKeywords: 'keep',
  deleteInUse: 'refuse',
  versions: 'publish',
  responses: 'plain',
  listOrder: 'newest',
  minimumSpacingMs: 0,
};

const CHOICES: Readonly<Record<Exclude<keyof Quirks, 'minimumSpacingMs'>, readonly string[]>> = {
  patchType: ['refuse', 'ignore'],
  unknownProperties: ['refuse', 'strip'],
  schemaTypes: ['single', 'list'],
  schemaKeywords: ['keep', 'strip', 'refuse'],
  deleteInUse: ['refuse', 'allow'],
  versions: ['publish', 'draft', 'none'],
  responses: ['plain', 'verbose'],
  listOrder: ['newest', 'oldest'],
};
const MAX_SPACING_MS = 60_000;

/** Changed quirks, or what is wrong with the change. */
export type QuirksReading =
  { readonly ok: true; readonly quirks: Quirks } | { readonly ok: false; readonly problems: readonly string[] };

/** Applies a change that came from outside; what it does not name stays. */
export function changeQuirks(quirks: Quirks, change: unknown): QuirksReading {
  if (!isJsonObject(change)) return { ok: false, problems: ['expected a mapping of quirks'] };
  const problems = Object.entries(change).flatMap(([name, value]) => problemOf(name, value));
  return problems.length > 0 ? { ok: false, problems } : { ok: true, quirks: { ...quirks, ...change } };
}

/** Reads `name=value,name=value`, as the environment has it. */
export function readQuirks(text: string): QuirksReading {
  const pairs = text
    .split(',')
    .map((pair) => pair.trim())
    .filter((pair) => pair !== '')
    .map((pair) => {
      const [name = '', value = ''] = pair.split('=', 2).map((part) => part.trim());
      return [name, name === 'minimumSpacingMs' && value !== '' ? Number(value) : value] as const;
    });
  return changeQuirks(DEFAULT_QUIRKS, Object.fromEntries(pairs));
}

function problemOf(name: string, value: unknown): readonly string[] {
  if (name === 'minimumSpacingMs') {
    const fits = typeof value === 'number' && value >= 0 && value <= MAX_SPACING_MS;
    return fits ? [] : [`${name}: expected a number of ms from 0 to ${MAX_SPACING_MS}`];
  }
  const choices = Object.hasOwn(CHOICES, name) ? CHOICES[name as keyof typeof CHOICES] : undefined;
  if (choices === undefined) return [`${name}: expected one of ${Object.keys(DEFAULT_QUIRKS).join(', ')}`];
  return choices.some((choice) => choice === value) ? [] : [`${name}: expected one of ${choices.join(', ')}`];
}
