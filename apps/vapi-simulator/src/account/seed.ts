import { parse } from 'yaml';
import { isJsonObject, type JsonObject } from '../scenario/json.types.js';
import type { Account } from './account.js';
import type { SeededMeta } from './resource-store.js';

/** What an account is filled with, as others left it: nothing of it is checked as the API checks. */
export interface Seed {
  readonly tools: readonly SeededResource[];
  readonly assistants: readonly SeededResource[];
  /** The only credentials there are; undefined: any id will do. */
  readonly credentials: readonly string[] | undefined;
}

interface SeededResource {
  readonly fields: JsonObject;
  readonly meta: SeededMeta;
}

/** A seed, or what is wrong with it. */
export type SeedReading =
  { readonly ok: true; readonly seed: Seed } | { readonly ok: false; readonly problems: readonly string[] };

const KEYS = ['tools', 'assistants', 'credentials'];

/** Reads `{ tools, assistants, credentials }`. */
export function readSeed(given: unknown): SeedReading {
  if (!isJsonObject(given)) return { ok: false, problems: [`expected a mapping with ${KEYS.join(', ')}`] };
  const problems = Object.keys(given)
    .filter((key) => !KEYS.includes(key))
    .map((key) => `${key}: expected one of ${KEYS.join(', ')}`);
  const tools = readResources(given, 'tools', problems);
  const assistants = readResources(given, 'assistants', problems);
  const credentials: unknown = given['credentials'];
  if (credentials !== undefined && !isTexts(credentials)) problems.push('credentials: expected a list of ids');
  if (problems.length > 0) return { ok: false, problems };
  return { ok: true, seed: { tools, assistants, credentials: isTexts(credentials) ? credentials : undefined } };
}

/** Reads the text of a YAML or JSON file. */
export function parseSeed(text: string): SeedReading {
  try {
    return readSeed(parse(text));
  } catch {
    return { ok: false, problems: ['expected YAML or JSON'] };
  }
}

/** Puts a seed into an account, beside what is there. */
export function applySeed(account: Account, { tools, assistants, credentials }: Seed): readonly string[] {
  const ids = [
    ...tools.map(({ fields, meta }) => account.seed('tool', fields, meta).id),
    ...assistants.map(({ fields, meta }) => account.seed('assistant', fields, meta).id),
  ];
  if (credentials !== undefined) account.seedCredentials(credentials);
  return ids;
}

function readResources(given: JsonObject, key: string, problems: string[]): readonly SeededResource[] {
  const list: unknown = given[key] ?? [];
  if (!Array.isArray(list)) {
    problems.push(`${key}: expected a list`);
    return [];
  }
  return (list as readonly unknown[]).flatMap((item, index) => {
    if (isJsonObject(item)) return [readResource(item, `${key}[${index}]`, problems)];
    problems.push(`${key}[${index}]: expected a mapping`);
    return [];
  });
}

function readResource(item: JsonObject, place: string, problems: string[]): SeededResource {
  const { id, createdAt, updatedAt, latestVersion, orgId: _orgId, ...fields } = item;
  const time = (name: string, value: unknown): string | undefined => {
    if (value === undefined) return undefined;
    if (typeof value === 'string' && !Number.isNaN(Date.parse(value))) return new Date(value).toISOString();
    problems.push(`${place}.${name}: expected a time like 2026-08-01T12:00:00.000Z`);
    return undefined;
  };
  if (id !== undefined && typeof id !== 'string') problems.push(`${place}.id: expected a text`);
  const version = typeof latestVersion === 'string' ? Number(/^v([1-9]\d*)$/.exec(latestVersion)?.[1]) : 1;
  if (!Number.isInteger(version)) problems.push(`${place}.latestVersion: expected a label like v3`);
  const created = time('createdAt', createdAt);
  const updated = time('updatedAt', updatedAt);
  return {
    fields,
    meta: {
      version,
      ...(typeof id === 'string' ? { id } : {}),
      ...(created === undefined ? {} : { createdAt: created }),
      ...(updated === undefined ? {} : { updatedAt: updated }),
    },
  };
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}
