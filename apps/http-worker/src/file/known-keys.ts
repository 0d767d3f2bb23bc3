import { SpeechPlan } from '@interject/contracts';
import { getMetadataStorage } from 'class-validator';
import type { FileProblem } from './file-problem.js';
import { HttpCallbackEntry, HttpRequestEntry, HttpResponseEntry } from './http-request.dto.js';
import {
  HttpDuplicatesEntry,
  HttpFillersEntry,
  HttpRateLimitEntry,
  HttpRetryEntry,
  HttpToolEntry,
} from './http-tool.dto.js';
import { suggest } from './suggest.js';

function keysOf(contract: new () => object): readonly string[] {
  const rules = getMetadataStorage().getTargetValidationMetadatas(contract, '', false, false);
  return [...new Set(rules.map(({ propertyName }) => propertyName))];
}

const FILE_KEYS = ['tools'] as const;
/** Keys of a tool. */
export const TOOL_KEYS = keysOf(HttpToolEntry);
/** Keys of what stands in a tool. */
export const NESTED_KEYS: Readonly<Record<string, readonly string[]>> = {
  request: keysOf(HttpRequestEntry),
  response: keysOf(HttpResponseEntry),
  callback: keysOf(HttpCallbackEntry),
  duplicates: keysOf(HttpDuplicatesEntry),
  rateLimit: keysOf(HttpRateLimitEntry),
  retry: keysOf(HttpRetryEntry),
  speech: keysOf(SpeechPlan),
  fillers: keysOf(HttpFillersEntry),
};

function unknownKeys(data: unknown, known: readonly string[], path: string): FileProblem[] {
  if (typeof data !== 'object' || data === null || Array.isArray(data)) return [];
  return Object.keys(data)
    .filter((key) => !known.includes(key))
    .map((key) => {
      const meant = suggest(key, known);
      const help = meant === undefined ? `known are ${known.join(', ')}` : `did you mean "${meant}"?`;
      return { field: `${path}${key}`, problem: `is not a known key; ${help}` };
    });
}

/** Keys on the file's top level that nobody reads. `x-...` is free, as a place for YAML anchors. */
export function unknownFileKeys(data: unknown): FileProblem[] {
  return unknownKeys(data, FILE_KEYS, '').filter(({ field }) => !field.startsWith('x-'));
}

/** Keys of a tool that nobody reads: a misspelt `timeoutMs` would otherwise silently be the default. */
export function unknownToolKeys(entry: object): FileProblem[] {
  const nested = Object.entries(NESTED_KEYS).flatMap(([name, known]) =>
    unknownKeys((entry as Record<string, unknown>)[name], known, `${name}.`),
  );
  return [...unknownKeys(entry, TOOL_KEYS, ''), ...nested];
}
