import { isJsonObject } from './json.types.js';

/** Left alone: filled in when the model replies, and when the gateway is asked. */
const RESERVED = new Set(['content', 'callId']);
const PLACEHOLDER = /\{\{\s*([\w.-]+)\s*\}\}/g;
const ONLY_PLACEHOLDER = /^\{\{\s*([\w.-]+)\s*\}\}$/;

/**
 * Replaces `{{name}}` in all texts of a document. A text that is nothing but one placeholder takes the variable's own
 * type, so that `wait: "{{pause}}"` can be a number. Unknown names are handed to `unknown` and stay as they are.
 */
export function substitute(
  value: unknown,
  variables: ReadonlyMap<string, unknown>,
  unknown: (name: string, path: readonly (string | number)[]) => void,
  path: readonly (string | number)[] = [],
): unknown {
  if (typeof value === 'string') return substituteText(value, variables, (name) => unknown(name, path));
  if (Array.isArray(value)) return value.map((item, index) => substitute(item, variables, unknown, [...path, index]));
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, substitute(item, variables, unknown, [...path, key])]),
  );
}

function substituteText(
  text: string,
  variables: ReadonlyMap<string, unknown>,
  unknown: (name: string) => void,
): unknown {
  const only = ONLY_PLACEHOLDER.exec(text)?.[1];
  if (only !== undefined && variables.has(only)) return variables.get(only);
  return text.replace(PLACEHOLDER, (placeholder, name: string) => {
    if (variables.has(name)) return String(variables.get(name));
    if (!RESERVED.has(name)) unknown(name);
    return placeholder;
  });
}
