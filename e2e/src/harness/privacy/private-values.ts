/** Why nobody may read it in a log. */
export const PrivateKinds = ['secret', 'control URL', 'phone number', 'argument', 'result', 'speech'] as const;
export type PrivateKind = (typeof PrivateKinds)[number];

/** A text that must not be printed. */
export interface PrivateValue {
  readonly kind: PrivateKind;
  readonly value: string;
}

/** Words that every machine may say: a shorter text, or a single word, tells nothing about where it comes from. */
const TELLING_LENGTH = 16;
/** A suite with thousands of calls says the same of all of them. */
const MOST_OF_A_KIND = 400;
const SHORTEST_SECRET = 8;
/** Names of variables whose values are secrets. */
const SECRET_VARIABLE = /(?:SECRET|PASSWORD|TOKEN|_KEY)$/;
const PASSWORD_IN_URL = /:\/\/[^/@:]*:([^/@]+)@/;

/** Collects the private values of a run. */
export class PrivateValues {
  private readonly values = new Map<string, PrivateKind>();
  private readonly counts = new Map<PrivateKind, number>();

  get all(): readonly PrivateValue[] {
    return [...this.values].map(([value, kind]) => ({ kind, value }));
  }

  /** A value that stands for itself, however short. */
  add(kind: PrivateKind, value: string): void {
    const count = this.counts.get(kind) ?? 0;
    if (this.values.has(value) || count >= MOST_OF_A_KIND) return;
    this.values.set(value, kind);
    this.counts.set(kind, count + 1);
  }

  /** Every text in a JSON value that is long enough to be told from what services say themselves. */
  addTexts(kind: PrivateKind, json: unknown): void {
    for (const text of textsIn(json)) if (isTelling(text)) this.add(kind, text);
  }

  /** The secrets among variables of a service; one may hold several, for rotation. */
  addSecrets(env: Readonly<Record<string, string>>): void {
    for (const [name, value] of Object.entries(env)) {
      const inUrl = PASSWORD_IN_URL.exec(value)?.[1];
      if (inUrl !== undefined && inUrl.length >= SHORTEST_SECRET) this.add('secret', inUrl);
      if (!SECRET_VARIABLE.test(name)) continue;
      for (const one of value.split(',').map((part) => part.trim())) {
        if (one.length >= SHORTEST_SECRET) this.add('secret', one);
      }
    }
  }
}

function isTelling(text: string): boolean {
  return text.trim().length >= TELLING_LENGTH && /\s/.test(text.trim());
}

/** The texts in a JSON value, at any depth; names of members are no texts. */
export function textsIn(json: unknown): readonly string[] {
  if (typeof json === 'string') return [json];
  if (typeof json !== 'object' || json === null) return [];
  return Object.values(json).flatMap(textsIn);
}
