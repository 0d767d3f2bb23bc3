import { idOf, objectOf } from '../json-reader.js';
import type { JsonObject } from '../json-reader.js';

/** A tool in the account, as Vapi sends it. */
export interface RemoteTool {
  readonly id: string;
  /** `function.name` of a function tool. */
  readonly name: string;
  readonly serverUrl: string | undefined;
  /** All that Vapi sent. */
  readonly raw: JsonObject;
}

/** The function tools among what an account lists; other kinds are nobody's business here. */
export function functionTools(listed: readonly JsonObject[]): readonly RemoteTool[] {
  return listed.flatMap((raw) => {
    const id = idOf(raw['id']);
    const tool = id === undefined ? undefined : functionTool(raw, id);
    return tool ?? [];
  });
}

/** An inline tool of an assistant has no id of its own. */
export function functionTool(raw: JsonObject, id: string): RemoteTool | undefined {
  const name = objectOf(raw['function'])?.['name'];
  if (raw['type'] !== 'function' || typeof name !== 'string') return undefined;
  return { id, name, serverUrl: serverUrlOf(raw), raw };
}

/** `server.url` of a tool or an assistant. */
export function serverUrlOf(raw: JsonObject): string | undefined {
  const url = objectOf(raw['server'])?.['url'];
  return typeof url === 'string' && url !== '' ? url : undefined;
}

/** Two URLs are the same whatever their spelling. */
export function isSameUrl(a: string | undefined, b: string): boolean {
  if (a === undefined) return false;
  return a === b || (URL.canParse(a) && URL.canParse(b) && new URL(a).href === new URL(b).href);
}

/** A URL without what may be secret in it. */
export function publicUrl(url: string | undefined): string {
  if (url === undefined) return '(none)';
  if (!URL.canParse(url)) return '(not a URL)';
  const { origin, pathname, search } = new URL(url);
  return `${origin}${pathname}${search === '' ? '' : '?***'}`;
}
