/** What Vapi fills in (VAPI.md 3). */
export const PayloadPlaceholders = ['body', 'timestamp', 'method', 'url', 'svix-id'] as const;
export type PayloadPlaceholder = (typeof PayloadPlaceholders)[number];

export type PayloadPart =
  { readonly kind: 'text'; readonly text: string } | { readonly kind: 'value'; readonly name: PayloadPlaceholder };

const PLACEHOLDER = /\{([\w-]+)\}/;

/** Splits a payload format like `{timestamp}.{body}`. A name in braces that Vapi does not know is given back as `unknown`. */
export function readPayloadFormat(format: string): {
  readonly parts: readonly PayloadPart[];
  readonly unknown: readonly string[];
} {
  const parts: PayloadPart[] = [];
  const unknown: string[] = [];
  // Split by a pattern with one group: texts and names take turns.
  for (const [index, piece] of format.split(PLACEHOLDER).entries()) {
    if (index % 2 === 0) {
      if (piece !== '') parts.push({ kind: 'text', text: piece });
      continue;
    }
    const name = PayloadPlaceholders.find((known) => known === piece);
    if (name === undefined) unknown.push(`{${piece}}`);
    else parts.push({ kind: 'value', name });
  }
  return { parts, unknown };
}

/** True if the format has the placeholder. */
export function hasPlaceholder(format: string, name: PayloadPlaceholder): boolean {
  return readPayloadFormat(format).parts.some((part) => part.kind === 'value' && part.name === name);
}
