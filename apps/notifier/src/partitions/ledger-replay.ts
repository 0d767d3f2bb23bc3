import { parseJson, UtteranceBatch } from '@interject/contracts';
import type { UtteranceRecord } from '@interject/contracts';
import type { PostJournal } from '../delivery/post-journal.js';

type RecordsOfCall = ReadonlyMap<string, UtteranceRecord>;

/** What the ledger of a partition says of each utterance when it changes its owner. */
export class LedgerReplay {
  private readonly records = new Map<string, Map<string, UtteranceRecord>>();

  /** @param process name under which this process writes, whichever of its claims it was */
  constructor(
    private readonly process: string,
    private readonly journal: Pick<PostJournal, 'neverWrote'>,
  ) {}

  /** @throws ContractError when it is no batch of records */
  take(data: Uint8Array): void {
    const { owner, records } = parseJson(UtteranceBatch, data);
    for (const record of records) {
      const ofCall = this.records.get(record.callId) ?? new Map<string, UtteranceRecord>();
      this.records.set(record.callId, ofCall.set(record.utteranceId, this.asKnownHere(record, owner)));
    }
  }

  ofCall(callId: string): RecordsOfCall | undefined {
    return this.records.get(callId);
  }

  /**
   * Last records of what was left open and of which nothing else is known: its facts are not in the streams any more, or it
   * had none. Nobody else would end it.
   *
   * @param knownOf ids of the utterances that the call's machine has; asked once for each call
   */
  orphans(knownOf: (callId: string) => ReadonlySet<string>, now: number): UtteranceRecord[] {
    const orphans: UtteranceRecord[] = [];
    for (const [callId, records] of this.records) {
      const known = knownOf(callId);
      for (const { final, ...record } of records.values()) {
        const isOpen = record.state === 'sending' || final === false;
        if (!isOpen || known.has(record.utteranceId)) continue;
        const state = record.state !== 'sending' ? record.state : final === false ? 'expired' : 'unconfirmed';
        orphans.push({ ...record, state, times: { ...record.times, endedAt: now } });
      }
    }
    return orphans;
  }

  clear(): void {
    this.records.clear();
  }

  /** What this process itself recorded as being sent, and certainly never wrote, waits to be said. */
  private asKnownHere(record: UtteranceRecord, owner: string): UtteranceRecord {
    const isOurs = owner.startsWith(`${this.process}.`);
    const isOpen = record.state === 'sending' && record.final !== false;
    if (!isOurs || !isOpen || !this.journal.neverWrote(record.utteranceId)) return record;
    return { ...record, attempt: record.attempt - 1, final: false };
  }
}
