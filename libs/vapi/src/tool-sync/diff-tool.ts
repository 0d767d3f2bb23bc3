import { canonicalJson } from '@interject/contracts';
import { objectOf } from '../json-reader.js';
import type { JsonObject } from '../json-reader.js';
import { comparableTool } from './comparable.js';
import { MANAGED_FIELDS } from './desired-tool.js';
import type { DesiredTool } from './desired-tool.js';
import { isSameUrl, publicUrl } from './remote-tool.js';

/** A field that is not as it shall be, with values that may be shown. */
export interface FieldDifference {
  /** E.g. `server.timeoutSeconds` or `function.parameters.properties.region.description`. */
  readonly field: string;
  readonly from: string;
  readonly to: string;
}

/** Every managed field of a tool that is not as it shall be. */
export function diffTool(raw: JsonObject, desired: DesiredTool): readonly FieldDifference[] {
  return differences(comparableTool(raw, desired), comparableTool(desired as unknown as JsonObject, desired), '');
}

/** What brings the tool there: of the fields that differ the whole ones, because each replaces the whole one (VAPI.md 5). */
export function patchOf(raw: JsonObject, desired: DesiredTool, found: readonly FieldDifference[]): JsonObject {
  const patch: Record<string, unknown> = {};
  const changed = new Set(found.map(({ field }) => field.split(/[.[]/, 1)[0]));
  for (const field of MANAGED_FIELDS.filter((one) => changed.has(one))) {
    patch[field] =
      field === 'server' ? { ...kept(objectOf(raw['server']) ?? {}, desired), ...desired.server } : desired[field];
  }
  return patch;
}

/** What proved to another server who asks; headers may override a credential (VAPI.md 3). */
const PROOFS: ReadonlySet<string> = new Set(['secret', 'headers']);

/**
 * What somebody else set is not ours to take away: static IP addresses, headers, a secret. Only what was meant for another
 * server does not come along to ours if that has a credential of its own.
 */
function kept(server: JsonObject, desired: DesiredTool): JsonObject {
  const url = typeof server['url'] === 'string' ? server['url'] : undefined;
  const isMove = !isSameUrl(url, desired.server.url) && desired.server.credentialId !== undefined;
  return Object.fromEntries(
    Object.entries(server).filter(([field, value]) => value !== null && !(isMove && PROOFS.has(field))),
  );
}

function differences(from: unknown, to: unknown, path: string): readonly FieldDifference[] {
  const [before, after] = [objectOf(from), objectOf(to)];
  if (before !== undefined && after !== undefined) {
    const keys = [...new Set([...Object.keys(after), ...Object.keys(before)])];
    return keys.flatMap((key) => differences(before[key], after[key], path === '' ? key : `${path}.${key}`));
  }
  if (Array.isArray(from) && Array.isArray(to) && from.length === to.length && isOfObjects(to)) {
    const [givenList, wantedList]: [unknown[], unknown[]] = [from, to];
    return wantedList.flatMap((item, at) => differences(givenList[at], item, `${path}[${String(at)}]`));
  }
  if (text(from) === text(to)) return [];
  return [{ field: path, from: shown(from, path), to: shown(to, path) }];
}

function isOfObjects(list: readonly unknown[]): boolean {
  return list.every((item) => objectOf(item) !== undefined);
}

function text(value: unknown): string {
  return value === undefined ? '' : canonicalJson(value);
}

const MAX_SHOWN = 160;

/** Static arguments may hold a key, and another's URL a token: neither is shown. */
function shown(value: unknown, field: string): string {
  if (value === undefined) return '(none)';
  if (field === 'server.url') return publicUrl(typeof value === 'string' ? value : undefined);
  if (field.startsWith('parameters')) return shownArguments(value, field);
  const json = JSON.stringify(value);
  return json.length > MAX_SHOWN ? `${json.slice(0, MAX_SHOWN)}…` : json;
}

function shownArguments(value: unknown, field: string): string {
  if (field.endsWith('.key')) return JSON.stringify(value);
  if (!Array.isArray(value)) return '***';
  const keys = value.map((item) => String(objectOf(item)?.['key']));
  return keys.length === 0 ? '(none)' : `${keys.join(', ')} (values not shown)`;
}
