import type { ValueTemplate } from './templates.js';

/** JSON whose texts are templates; `constant` is a number, a boolean or null. */
export type JsonTemplate =
  | { readonly kind: 'constant'; readonly value: unknown }
  | { readonly kind: 'text'; readonly field: string; readonly template: ValueTemplate }
  | { readonly kind: 'list'; readonly items: readonly JsonTemplate[] }
  | { readonly kind: 'mapping'; readonly entries: readonly (readonly [string, JsonTemplate])[] };

/** Fills one text; names the field when it cannot. */
export type FillText = (template: ValueTemplate, field: string) => unknown;

/** Parses one text of the file; undefined when it is faulty. */
export type ReadText = (text: string, field: string) => ValueTemplate | undefined;

/**
 * Makes a template of what YAML gave.
 *
 * @param field where it stands, for problems
 * @returns undefined when a text in it is faulty; `read` has said so
 */
export function jsonTemplate(value: unknown, field: string, read: ReadText): JsonTemplate | undefined {
  if (typeof value === 'string') {
    const template = read(value, field);
    return template && { kind: 'text', field, template };
  }
  if (typeof value !== 'object' || value === null) return { kind: 'constant', value };
  if (Array.isArray(value)) {
    const items = value.map((item: unknown, i) => jsonTemplate(item, `${field}[${String(i)}]`, read));
    return { kind: 'list', items: items.filter((item) => item !== undefined) };
  }
  const entries = Object.entries(value).map(
    ([key, inner]) => [key, jsonTemplate(inner, `${field}.${key}`, read)] as const,
  );
  return {
    kind: 'mapping',
    entries: entries.filter((entry): entry is [string, JsonTemplate] => entry[1] !== undefined),
  };
}

/** The value; a key or an item whose argument was not given is left out. */
export function fillJson(json: JsonTemplate, fill: FillText): unknown {
  switch (json.kind) {
    case 'constant':
      return json.value;
    case 'text':
      return fill(json.template, json.field);
    case 'list':
      return json.items.map((item) => fillJson(item, fill)).filter((item) => item !== undefined);
    case 'mapping':
      return Object.fromEntries(
        json.entries.map(([key, inner]) => [key, fillJson(inner, fill)]).filter(([, value]) => value !== undefined),
      );
  }
}
