import { callDurationOf, objectOf } from '../json-reader.js';
import type { JsonObject } from '../json-reader.js';

/** When Vapi ends a call by itself, in ms. */
export interface WebhookCallLimits {
  readonly silenceTimeoutMs?: number;
  readonly maxDurationMs?: number;
}

/**
 * Reads the limits of the call's assistant from a message about it: from the overrides of this call first, else from the
 * assistant as it came along. Neither has to be there (VAPI.md 1.5: a squad, a saved assistant).
 *
 * @returns undefined when no limit is known
 */
export function readCallLimits(message: JsonObject): WebhookCallLimits | undefined {
  const call = objectOf(message['call']);
  const holders = [
    objectOf(call?.['assistantOverrides']),
    objectOf(message['assistantOverrides']),
    objectOf(message['assistant']),
    objectOf(call?.['assistant']),
  ];
  const silenceTimeoutMs = firstDuration(holders, 'silenceTimeoutSeconds');
  const maxDurationMs = firstDuration(holders, 'maxDurationSeconds');
  if (silenceTimeoutMs === undefined && maxDurationMs === undefined) return undefined;
  return {
    ...(silenceTimeoutMs === undefined ? {} : { silenceTimeoutMs }),
    ...(maxDurationMs === undefined ? {} : { maxDurationMs }),
  };
}

function firstDuration(holders: readonly (JsonObject | undefined)[], field: string): number | undefined {
  for (const holder of holders) {
    const ms = callDurationOf(holder?.[field]);
    if (ms !== undefined) return ms;
  }
  return undefined;
}
