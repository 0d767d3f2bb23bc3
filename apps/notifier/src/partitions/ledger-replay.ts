import type { ClosedCall, UtteranceRecord } from '@interject/contracts';
import type { PostJournal } from '../delivery/post-journal.js';
import { parseBatch } from '../utterance-log/batch-parser.js';

type RecordsOfCall = ReadonlyMap<string, UtteranceRecord>;

/** What the ledger of a partition says of its utterances and calls when it changes its owner. */
export class LedgerReplay {
  private readonly records = new Map<string, Map<string, UtteranceRecord>>();
  private readonly ended = new Set<string>();
  private readonly closedBefore = new Map<string, number>();

  /** @param process name under which this process writes, whichever of its claims it was */
  constructor(
    private readonly process: string,
    private readonly journal: Pick<PostJournal, 'neverWrote'>,
  ) {}

  /**
   * @returns why records of it were refused; the others count
   * @throws ContractError when it is no batch of records
   */
  take(data: Uint8Array): readonly unknown[] {
    const { batch, refused } = parseBatch(data);
    for (const record of batch.records) this.keep(this.asKnownHere(record, batch.owner));
    for (const { callToken, before } of batch.closed ?? []) this.close({ callToken, before });
    return refused;
  }

  /** Last records of a call that is older than the replay. What the replay shows of it is newer. */
  carry(records: readonly UtteranceRecord[]): void {
    for (const record of records) {
      if (this.records.get(record.callId)?.has(record.utteranceId) !== true) this.keep(record);
    }
  }

  /**
   * This process goes on with what was found: its call may be over and forgotten before all others are looked into, and must
   * not be found at the old record then. Whoever was given the records of that call keeps them as they were.
   */
  goesOn(record: UtteranceRecord): void {
    const ofCall = this.records.get(record.callId);
    if (ofCall?.has(record.utteranceId) !== true) return;
    this.records.set(record.callId, new Map(ofCall));
    this.keep(record);
  }

  ofCall(callId: string): RecordsOfCall | undefined {
    return this.records.get(callId);
  }

  /** True when nothing is left to be done for this utterance. */
  isEnded(utteranceId: string): boolean {
    return this.ended.has(utteranceId);
  }

  /** Events of this call below the answer are settled: 0 when the call was not closed. */
  closedBeforeOf(callToken: string): number {
    return this.closedBefore.get(callToken) ?? 0;
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
      const open = [...records.values()].filter(isOpen);
      if (open.length === 0) continue;
      const known = knownOf(callId);
      for (const { final, ...record } of open) {
        if (known.has(record.utteranceId)) continue;
        const state = record.state !== 'sending' ? record.state : final === false ? 'expired' : 'unconfirmed';
        orphans.push({ ...record, state, times: { ...record.times, endedAt: now } });
      }
    }
    return orphans;
  }

  clear(): void {
    this.records.clear();
    this.ended.clear();
    this.closedBefore.clear();
  }

  private keep(record: UtteranceRecord): void {
    const ofCall = this.records.get(record.callId) ?? new Map<string, UtteranceRecord>();
    this.records.set(record.callId, ofCall.set(record.utteranceId, record));
    if (isOpen(record)) this.ended.delete(record.utteranceId);
    else this.ended.add(record.utteranceId);
  }

  private close({ callToken, before }: ClosedCall): void {
    this.closedBefore.set(callToken, Math.max(before, this.closedBeforeOf(callToken)));
  }

  /** What this process itself recorded as being sent, and certainly never wrote, waits to be said. */
  private asKnownHere(record: UtteranceRecord, owner: string): UtteranceRecord {
    const isOurs = owner.startsWith(`${this.process}.`);
    const isSending = record.state === 'sending' && record.final !== false;
    if (!isOurs || !isSending || !this.journal.neverWrote(record.utteranceId)) return record;
    return { ...record, attempt: record.attempt - 1, final: false };
  }
}

function isOpen({ state, final }: UtteranceRecord): boolean {
  return state === 'sending' || final === false;
}
