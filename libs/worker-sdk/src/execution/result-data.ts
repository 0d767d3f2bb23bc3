import { ErrorCodes } from '@interject/contracts';
import { failedJob } from './job-end.js';
import type { FailedJob } from './job-end.js';

/** Largest result, in bytes of JSON. */
export const MAX_RESULT_BYTES = 256 * 1024;

/** A handler's return value as the event carries it, or why it cannot. */
export type ResultData =
  { readonly fits: true; readonly data: unknown } | { readonly fits: false; readonly end: FailedJob };

/**
 * Writes a return value as JSON and reads it back: what is stored later is what was checked here, whatever the handler
 * still does with its object.
 */
export function resultData(value: unknown, attempts: number): ResultData {
  if (value === undefined) return { fits: true, data: undefined };
  let json: string | undefined;
  let error: unknown;
  try {
    json = JSON.stringify(value);
  } catch (cause) {
    error = cause;
  }
  if (json === undefined) {
    const message = 'The result cannot be written as JSON: return plain data without cycles, BigInts or functions.';
    const failure = { code: ErrorCodes.ResultNotJson, message, retryable: false };
    return { fits: false, end: failedJob('failed', failure, attempts, { error }) };
  }
  const bytes = Buffer.byteLength(json);
  if (bytes > MAX_RESULT_BYTES) {
    const message = `The result has ${String(bytes)} bytes of JSON, ${String(MAX_RESULT_BYTES)} are allowed: return less, or a link.`;
    const failure = { code: ErrorCodes.ResultTooLarge, message, retryable: false };
    return { fits: false, end: failedJob('failed', failure, attempts) };
  }
  return { fits: true, data: JSON.parse(json) as unknown };
}
