/** What a label value beyond the bound becomes. */
export const OTHER_LABEL = 'other';

const MAX_LABEL_LENGTH = 100;

/** At most `max` distinct values, first come first served. Keep the object: it is what the values are counted by. */
export interface LabelLimit {
  readonly max: number;
}

const seen = new WeakMap<LabelLimit, Set<string>>();

/**
 * A label value that cannot make a metric grow without end: foreign text makes a time series each.
 *
 * @param allowed the values that may stand, or a limit to how many there may be
 * @returns the value itself, or `other`
 */
export function boundedLabel(value: string, allowed: ReadonlySet<string> | LabelLimit): string {
  if ('has' in allowed) return allowed.has(value) ? value : OTHER_LABEL;
  const known = seen.get(allowed) ?? new Set<string>();
  seen.set(allowed, known);
  if (known.has(value)) return value;
  if (known.size >= allowed.max || value === '' || value.length > MAX_LABEL_LENGTH) return OTHER_LABEL;
  known.add(value);
  return value;
}
