import { callToken, isContractError, Streams } from '@interject/contracts';
import type { CarriedCall, StreamName, UtteranceRecord } from '@interject/contracts';
import type { StoredMessage } from '@interject/messaging';
import type { CallFact } from '@interject/speech';
import { persistently } from '../persistent.js';
import type { CallDirectory, PastFact } from './call-directory.js';
import { CarriedCallReader } from './carried-calls.js';
import type { FactMessage } from './fact-parser.js';
import { LedgerReplay } from './ledger-replay.js';
import type { PartitionTools } from './partition-tools.types.js';
import type { PartitionReading } from './partition-reading.js';
import { Slice } from './slice.js';
import { UnreadCalls } from './unread-calls.js';
import type { CallStart, RawFact } from './unread-calls.js';

export interface ReplayParts {
  readonly partition: number;
  readonly tools: PartitionTools;
  readonly signal: AbortSignal;
  readonly reading: PartitionReading;
  readonly directory: CallDirectory;
  /** Makes a fact of a message; undefined when it is none. */
  readonly parse: (stream: StreamName, message: FactMessage & { readonly sequence: number }) => CallFact | undefined;
  readonly refuse: (stream: StreamName, sequence: number, error?: unknown) => void;
}

/** What happened in a partition before it came to this process, and how it gets into the directory. */
export class PartitionReplay {
  private readonly ledger: LedgerReplay;
  private readonly unread = new UnreadCalls();
  /** What stored times are put on the owner's clock by: the broker's may be half a minute off. */
  brokerOffset = 0;

  constructor(private readonly parts: ReplayParts) {
    this.ledger = new LedgerReplay(parts.tools.owner, parts.tools.journal);
  }

  /** Calls that nobody has looked into yet. */
  get unreadCount(): number {
    return this.unread.size;
  }

  recordsOf(callId: string): ReadonlyMap<string, UtteranceRecord> | undefined {
    return this.ledger.ofCall(callId);
  }

  /** A record of ours is about to be stored. */
  recorded(record: UtteranceRecord): void {
    this.ledger.goesOn(record);
  }

  /**
   * @param claim sequence of our claim to the log, its last record
   * @param claimedAt when it was stored, the owner's clock
   * @throws MessagingError
   */
  async readLedger(fromSequence: number, claim: number, claimedAt: number): Promise<void> {
    await this.parts.reading.readLedger(fromSequence, (message) => {
      if (message.sequence === claim) this.brokerOffset = claimedAt - message.storedAt;
      this.takeBatch(message);
    });
  }

  /** Calls that are older than the checkpoint: after the ledger, and beside the streams. */
  async readCarried(carried: readonly CarriedCall[]): Promise<void> {
    const { tools, partition, signal } = this.parts;
    const ofCarried = new CarriedCallReader(
      {
        last: async (stream, subject) => {
          const message = await tools.questions.run(() => tools.reader.last(stream, subject));
          if (message !== undefined) tools.traces.seen(stream, message);
          return message;
        },
      },
      partition,
    );
    await Promise.all(
      carried.map(async (call) => {
        const facts = await persistently('read-carried-call', signal, tools.seldomLog, () => ofCarried.factsOf(call));
        this.ledger.carry(call.records);
        this.unread.carry(callToken(call.callId), facts ?? [], call.start);
      }),
    );
  }

  take(stream: StreamName, message: StoredMessage, begins: () => CallStart): void {
    this.unread.take(stream, message, begins);
  }

  /** Leaves out what is over and done with, and gives the tool calls to the other calls. */
  async sortOut(): Promise<void> {
    const { directory, refuse, tools } = this.parts;
    for (const { data } of this.unread.dropClosed(this.ledger)) {
      const callId = callIdIn(data);
      if (callId !== undefined) directory.rememberEnd(callId);
    }
    const slice = new Slice(tools.clock);
    const callIdOf = ({ data, sequence }: RawFact): string | undefined => {
      const callId = callIdIn(data);
      if (callId === undefined) refuse(Streams.ToolCalls, sequence);
      return callId;
    };
    while (!this.unread.assignToolCalls(callIdOf, () => !slice.isOver)) await slice.next();
    this.unread.dropGhosts();
  }

  /** Looks into all calls, piece by piece, and ends what nobody else would end. @returns last records of the latter */
  async lookIntoAll(): Promise<UtteranceRecord[]> {
    const { tools, signal, directory } = this.parts;
    const slice = new Slice(tools.clock);
    for (const token of this.unread.order(this.ledger)) {
      if (slice.isOver) await slice.next();
      if (signal.aborted) return [];
      this.lookInto(token);
    }
    const knownOf = (callId: string): ReadonlySet<string> =>
      new Set(directory.snapshot(callId)?.utterances.map(({ utteranceId }) => utteranceId));
    const orphans = this.ledger.orphans(knownOf, tools.ownerClock.now());
    this.ledger.clear();
    return orphans;
  }

  /** A call is asked for: it is not made to wait for its turn. */
  find(callId: string): void {
    if (this.unread.size > 0) this.lookInto(callToken(callId));
  }

  clear(): void {
    this.unread.clear();
  }

  private lookInto(token: string): void {
    const call = this.unread.remove(token);
    if (call === undefined) return;
    const facts = new Map<string, PastFact[]>();
    for (const raw of call.facts) {
      const fact = this.parts.parse(raw.stream, raw);
      if (fact === undefined) continue;
      const { callId } = fact.fact;
      const past = facts.get(callId) ?? [];
      past.push({ fact, at: raw.storedAt + this.brokerOffset });
      facts.set(callId, past);
    }
    for (const [callId, past] of facts) {
      past.sort((a, b) => a.at - b.at);
      this.parts.directory.adopt(callId, past, call, this.ledger.ofCall(callId));
    }
  }

  private takeBatch({ data, sequence }: StoredMessage): void {
    const { refuse } = this.parts;
    try {
      for (const error of this.ledger.take(data)) refuse(Streams.Utterances, sequence, error);
    } catch (error) {
      if (!isContractError(error)) throw error;
      refuse(Streams.Utterances, sequence, error);
    }
  }
}

/** Enough to tell whose a message is; the rest of it is looked at when that call is. */
function callIdIn(data: string): string | undefined {
  try {
    const value = JSON.parse(data) as unknown;
    if (typeof value !== 'object' || value === null || !('callId' in value)) return undefined;
    return typeof value.callId === 'string' ? value.callId : undefined;
  } catch {
    return undefined;
  }
}
