import type { UtteranceBatch, UtteranceRecord } from '@interject/contracts';
import { eventually } from '@interject/testing';
import type { InterjectSystem } from './interject-system.js';

/** The ledger of speech as the utterance log holds it: the last record of every utterance. */
export async function ledger(system: InterjectSystem): Promise<Map<string, UtteranceRecord>> {
  const last = new Map<string, UtteranceRecord>();
  for (const message of await system.inspector.messages('UTTERANCES')) {
    for (const record of (message.data as UtteranceBatch).records) last.set(record.utteranceId, record);
  }
  return last;
}

/** Waits until `count` utterances have a final state, and gives their states. */
export async function finalStates(system: InterjectSystem, count: number): Promise<string[]> {
  return eventually(
    async () => {
      const records = [...(await ledger(system)).values()].filter(({ state }) => state !== 'sending');
      return records.length >= count ? records.map(({ state }) => state) : undefined;
    },
    { timeoutMs: 20_000, intervalMs: 100 },
  );
}

/** Number of results stored, per tool call. */
export async function resultCounts(system: InterjectSystem): Promise<number[]> {
  const counts = new Map<string, number>();
  for (const { subject } of await system.inspector.messages('CALL_EVENTS', /\.result\./)) {
    counts.set(subject, (counts.get(subject) ?? 0) + 1);
  }
  return [...counts.values()];
}
