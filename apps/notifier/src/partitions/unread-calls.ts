import { callToken, CallEventNames, Streams } from '@interject/contracts';
import type { Checkpoint, StreamName } from '@interject/contracts';
import type { StoredMessage } from '@interject/messaging';
import type { OpenCall } from './checkpoint-keeper.js';

/** A message of a call that was not looked into: of so many the least is kept. */
export interface RawFact {
  readonly stream: StreamName;
  readonly subject: string;
  readonly sequence: number;
  readonly storedAt: number;
  readonly data: string;
}

export function rawFact(stream: StreamName, { subject, sequence, storedAt, data }: StoredMessage): RawFact {
  // Text: a message's bytes would keep the whole chunk alive that came from the network.
  const text = Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('utf8');
  return { stream, subject, sequence, storedAt, data: text };
}

/** Where a call begins, as far as the streams are concerned. */
export type CallStart = Pick<OpenCall, 'start' | 'index'>;

/** The facts of one call that were stored before this process came to own it. */
export interface UnreadCall {
  readonly facts: RawFact[];
  /** No message of the call lies before it. */
  start: Checkpoint;
  /** Place of its first message among all that were read; negative for what is older. */
  index: number;
}

interface Group extends UnreadCall {
  /** Sequence of its last call event. */
  lastEvent: number;
  /** True once it shows something else than speech, or a wish to cancel: before that its call may have ended long ago. */
  isReal: boolean;
  /** Keys of its results, which are those of their tool calls, and of its announcements. */
  keys: string[];
}

/** What the ledger tells, as far as it saves work. */
export interface Settled {
  closedBeforeOf(callToken: string): number;
  isEnded(utteranceId: string): boolean;
}

/** Place of a call from before all that is read. */
const CARRIED = -1;
const NONE: string[] = [];
const FACTS: ReadonlySet<string> = new Set([
  CallEventNames.Status,
  CallEventNames.Ended,
  CallEventNames.Progress,
  CallEventNames.Result,
  CallEventNames.Announcement,
  CallEventNames.CancelRequested,
]);

/**
 * Calls of which messages were read, and not looked into: by their subjects it can be told which of them are over and done
 * with. The others are looked into one by one, as soon as something happens in them, and first those that wait to be spoken to.
 */
export class UnreadCalls {
  private readonly groups = new Map<string, Group>();
  /** By the key in their subjects; whose they are stands in the message alone. */
  private readonly toolCalls = new Map<string, { readonly fact: RawFact; readonly begins: CallStart }>();

  get size(): number {
    return this.groups.size;
  }

  /** @param begins where a call begins whose first message this is */
  take(stream: StreamName, message: StoredMessage, begins: () => CallStart): void {
    const { subject } = message;
    if (stream === Streams.ToolCalls) {
      const key = subject.slice(subject.lastIndexOf('.') + 1);
      this.toolCalls.set(key, { fact: rawFact(stream, message), begins: begins() });
    } else if (isFact(stream, subject)) {
      const token = tokenOf(subject);
      this.note(this.groups.get(token) ?? this.begin(token, begins()), rawFact(stream, message));
    }
  }

  /** A call from before all that is read, with its own facts. */
  carry(token: string, facts: readonly RawFact[], start: Checkpoint): void {
    const group = this.groups.get(token) ?? this.begin(token, { start, index: CARRIED });
    group.start = earlier(group.start, start);
    group.index = CARRIED;
    group.isReal = true;
    for (const fact of facts) this.note(group, fact);
  }

  /** Leaves out the calls that are settled. @returns a message of each */
  dropClosed(settled: Pick<Settled, 'closedBeforeOf'>): RawFact[] {
    const dropped: RawFact[] = [];
    for (const [token, { facts, lastEvent, keys }] of this.groups) {
      const [first] = facts;
      if (first === undefined || lastEvent === 0 || lastEvent >= settled.closedBeforeOf(token)) continue;
      this.groups.delete(token);
      for (const key of keys) this.toolCalls.delete(key);
      if (first.stream !== Streams.Floor) dropped.push(first);
    }
    return dropped;
  }

  /**
   * Gives each tool call to its call, as many at a time as `maySpend` allows.
   *
   * @param callIdOf undefined when it cannot be read
   * @returns false when some are left
   */
  assignToolCalls(callIdOf: (toolCall: RawFact) => string | undefined, mayGoOn: () => boolean): boolean {
    for (const [key, { fact, begins }] of this.toolCalls) {
      if (!mayGoOn()) return false;
      this.toolCalls.delete(key);
      const callId = callIdOf(fact);
      if (callId === undefined) continue;
      const token = callToken(callId);
      const group = this.groups.get(token) ?? this.begin(token, begins);
      group.start = earlier(group.start, begins.start);
      group.index = Math.min(group.index, begins.index);
      group.isReal = true;
      group.facts.push(fact);
    }
    return true;
  }

  /** Leaves out what shows no life. */
  dropGhosts(): void {
    for (const [token, { isReal }] of this.groups) if (!isReal) this.groups.delete(token);
  }

  /** All that is left, first those that wait for something to be said. */
  order(settled: Pick<Settled, 'isEnded'>): string[] {
    const waiting: string[] = [];
    const others: string[] = [];
    for (const [token, { keys }] of this.groups)
      (keys.every((key) => settled.isEnded(key)) ? others : waiting).push(token);
    return [...waiting, ...others];
  }

  /** Takes a call out. */
  remove(token: string): UnreadCall | undefined {
    const group = this.groups.get(token);
    this.groups.delete(token);
    return group;
  }

  clear(): void {
    this.groups.clear();
    this.toolCalls.clear();
  }

  private note(group: Group, fact: RawFact): void {
    group.facts.push(fact);
    if (fact.stream !== Streams.CallEvents) return;
    const [, , , event, key] = fact.subject.split('.');
    group.lastEvent = Math.max(group.lastEvent, fact.sequence);
    group.isReal ||= event !== CallEventNames.CancelRequested;
    if (key === undefined || (event !== CallEventNames.Result && event !== CallEventNames.Announcement)) return;
    if (group.keys === NONE) group.keys = [key];
    else group.keys.push(key);
  }

  private begin(token: string, { start, index }: CallStart): Group {
    const group: Group = { facts: [], start, index, lastEvent: 0, isReal: false, keys: NONE };
    this.groups.set(token, group);
    return group;
  }
}

/** Third token of `calls.<partition>.<callToken>.…` and of `floor.<partition>.<callToken>`. */
function tokenOf(subject: string): string {
  return subject.split('.')[2] ?? '';
}

function isFact(stream: StreamName, subject: string): boolean {
  return stream !== Streams.CallEvents || FACTS.has(subject.split('.')[3] ?? '');
}

/** The earlier of each sequence. */
export function earlier(a: Checkpoint, b: Checkpoint): Checkpoint {
  return {
    toolCalls: Math.min(a.toolCalls, b.toolCalls),
    callEvents: Math.min(a.callEvents, b.callEvents),
    utterances: Math.min(a.utterances, b.utterances),
  };
}
