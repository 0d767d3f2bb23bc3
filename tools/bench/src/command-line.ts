/** What is wrong with the arguments, in one line for a person. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export type OptionSpecs = Readonly<Record<string, 'value' | 'flag'>>;
export type OptionValues = ReadonlyMap<string, string>;

/**
 * @param args e.g. `--calls 200 --check`; `--calls=200` is taken too
 * @returns `rest`: arguments without dashes that are no option's value
 * @throws UsageError
 */
export function readOptions(args: readonly string[], specs: OptionSpecs): { options: OptionValues; rest: string[] } {
  const options = new Map<string, string>();
  const rest: string[] = [];
  for (let at = 0; at < args.length; at += 1) {
    const argument = args[at] ?? '';
    if (!argument.startsWith('--')) {
      rest.push(argument);
      continue;
    }
    const [name = '', inline] = splitOnce(argument.slice(2));
    const kind = Object.hasOwn(specs, name) ? specs[name] : undefined;
    if (kind === undefined) throw new UsageError(`unknown option --${name}; known: ${namesOf(specs)}`);
    if (kind === 'flag') {
      if (inline !== undefined) throw new UsageError(`--${name} takes no value`);
      options.set(name, '');
      continue;
    }
    if (inline === undefined) at += 1;
    const value = inline ?? args[at];
    if (value === undefined || value.startsWith('--')) throw new UsageError(`--${name} needs a value`);
    options.set(name, value);
  }
  return { options, rest };
}

/** @throws UsageError unless it is a whole number from `least` to `most` */
export function wholeNumber(name: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= least && value <= most) return value;
  throw new UsageError(`${name} must be a whole number from ${String(least)} to ${String(most)}, not "${text}"`);
}

function splitOnce(text: string): [string, string | undefined] {
  const at = text.indexOf('=');
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}

function namesOf(specs: OptionSpecs): string {
  return Object.keys(specs)
    .map((name) => `--${name}`)
    .join(', ');
}
