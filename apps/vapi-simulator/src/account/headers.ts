import { isJsonObject, type JsonValue } from '../scenario/json.types.js';

/** HTTP headers from a mapping: names in lower case; values that are no text, number or boolean are left out. */
export function headersOf(mapping: JsonValue | undefined): Readonly<Record<string, string>> {
  if (!isJsonObject(mapping)) return {};
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(mapping)) {
    if (value !== null && typeof value !== 'object') headers[name.toLowerCase()] = String(value);
  }
  return headers;
}
