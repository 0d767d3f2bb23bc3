import { objectOf } from '../json-reader.js';
import type { ArgumentsProblem, ToolCallArguments } from './normalized-webhook.types.js';

/** Largest arguments, as JSON in UTF-8: DESIGN "Gateway". They travel inside an event, whose limit is NATS's 1 MB. */
export const MAX_ARGUMENTS_BYTES = 256 * 1024;

/** Deepest nesting. Validators and JSON.stringify recurse: without a bound a small body can exhaust the stack. */
export const MAX_ARGUMENTS_DEPTH = 64;

function refuse(problem: ArgumentsProblem): ToolCallArguments {
  return { ok: false, problem };
}

function problemWithin(value: unknown, depth: number): ArgumentsProblem | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if (depth > MAX_ARGUMENTS_DEPTH) return 'too-deep';
  if (Object.hasOwn(value, '__proto__')) return 'unsafe-key';
  for (const inner of Array.isArray(value) ? (value as unknown[]) : Object.values(value)) {
    const problem = problemWithin(inner, depth + 1);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function readObject(value: unknown): ToolCallArguments {
  const object = objectOf(value);
  if (object === undefined) return refuse('not-an-object');
  const problem = problemWithin(object, 1);
  if (problem !== undefined) return refuse(problem);
  if (Buffer.byteLength(JSON.stringify(object)) > MAX_ARGUMENTS_BYTES) return refuse('too-large');
  return { ok: true, value: object };
}

/**
 * Reads the arguments of a tool call: an object in every real payload, a JSON string in the schema, both in the wild
 * (VAPI.md 1.2). An empty string is what some models send for a tool without parameters.
 *
 * What cannot be read is refused: to run with `{}` instead ends in an answer that was never asked for.
 */
export function readArguments(raw: unknown): ToolCallArguments {
  if (typeof raw !== 'string') return readObject(raw);
  if (Buffer.byteLength(raw) > MAX_ARGUMENTS_BYTES) return refuse('too-large');
  if (raw.trim() === '') return { ok: true, value: {} };
  try {
    return readObject(JSON.parse(raw));
  } catch {
    return refuse('not-json');
  }
}
