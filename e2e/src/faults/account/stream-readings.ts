import type {
  FloorChanged,
  ToolCallFinished,
  ToolCallRequested,
  UtteranceBatch,
  UtteranceRecord,
} from '@interject/contracts';
import type { InspectedMessage, StreamInspector } from '@interject/testing';
import type { Sighting } from './account.types.js';

/** What the streams hold of one tool call, read raw. */
export interface StoredToolCall {
  /** When each result was stored. */
  readonly results: { readonly at: number; readonly outcome: string }[];
  readonly utteranceIds: Set<string>;
  /** Of the utterances of its results, in order. */
  readonly records: { readonly at: number; readonly record: UtteranceRecord }[];
  readonly sightings: Sighting[];
}

/** How often a tool call may be read that nobody knows: none. */
const NOTHING: StoredToolCall = { results: [], utteranceIds: new Set(), records: [], sightings: [] };

/**
 * Reads CALL_EVENTS, UTTERANCES and TOOL_CALLS message by message, as an operator would with the NATS command line: it
 * trusts no consumer, no service and no key of ours, only what was stored.
 */
export class StreamReadings {
  private readonly toolCalls = new Map<string, StoredToolCall>();
  private readonly floor = new Set<string>();
  /** How far each stream was read. */
  private readonly positions = new Map<string, { readonly createdAt: string; readonly next: number }>();

  constructor(private readonly inspector: StreamInspector) {}

  /** Reads on from where it stopped. */
  async readOn(): Promise<void> {
    for (const { at, message } of await this.read('TOOL_CALLS')) {
      const { callId, toolCallId, tool } = message.data as ToolCallRequested;
      this.of(callId, toolCallId).sightings.push({ at, what: `TOOL_CALLS #${seq(message)}: stored (${tool})` });
    }
    for (const { at, message } of await this.read('CALL_EVENTS')) this.takeEvent(at, message);
    for (const { at, message } of await this.read('UTTERANCES')) this.takeBatch(at, message);
    for (const { message } of await this.read('FLOOR')) {
      const { callId, speaker, change, at } = message.data as FloorChanged;
      this.floor.add(floorKey(callId, speaker, change, at));
    }
  }

  /** Whether this change of who speaks was stored. */
  hasFloor(key: string): boolean {
    return this.floor.has(key);
  }

  get(callId: string, toolCallId: string): StoredToolCall {
    return this.toolCalls.get(idOf(callId, toolCallId)) ?? NOTHING;
  }

  private takeEvent(at: number, message: InspectedMessage): void {
    const event = message.subject.split('.')[3] ?? '';
    const data = message.data as Partial<ToolCallFinished>;
    if (data.callId === undefined || data.toolCallId === undefined) return;
    const stored = this.of(data.callId, data.toolCallId);
    const detail = event === 'result' ? ` ${String(data.outcome)}, attempts ${String(data.attempts)}` : '';
    stored.sightings.push({ at, what: `CALL_EVENTS #${seq(message)}: ${event}${detail}` });
    if (event === 'result') stored.results.push({ at, outcome: String(data.outcome) });
  }

  private takeBatch(at: number, message: InspectedMessage): void {
    const { owner, records } = message.data as UtteranceBatch;
    for (const record of records) {
      if (record.toolCallId === undefined || record.source !== 'result') continue;
      const stored = this.of(record.callId, record.toolCallId);
      stored.utteranceIds.add(record.utteranceId);
      stored.records.push({ at, record });
      const { state, final, attempt, reason } = record;
      const more = `${final === false ? ', not final' : ''}${reason === undefined ? '' : `, ${reason}`}`;
      const what = `UTTERANCES #${seq(message)}: ${state}${more}, attempt ${String(attempt)}, by ${owner}`;
      stored.sightings.push({ at, what });
    }
  }

  private of(callId: string, toolCallId: string): StoredToolCall {
    const id = idOf(callId, toolCallId);
    const known = this.toolCalls.get(id);
    if (known !== undefined) return known;
    const stored: StoredToolCall = { results: [], utteranceIds: new Set(), records: [], sightings: [] };
    this.toolCalls.set(id, stored);
    return stored;
  }

  private async read(stream: string): Promise<{ readonly at: number; readonly message: InspectedMessage }[]> {
    const createdAt = await this.inspector.createdAt(stream);
    const known = this.positions.get(stream);
    // In memory alone, and made anew since: it counts from 1 again. Of others nats-server 2.9 may mistake the time.
    const isSame = known !== undefined && (known.createdAt === createdAt || stream !== 'FLOOR');
    const next = isSame ? known.next : 1;
    const messages = await this.inspector.messages(stream, undefined, next);
    this.positions.set(stream, { createdAt, next: (messages.at(-1)?.sequence ?? next - 1) + 1 });
    // The server's clock is this machine's.
    const offset = Date.now() - performance.now();
    return messages.map((message) => ({ at: message.storedAt - offset, message }));
  }
}

/** A change of who speaks. @param at the webhook's timestamp */
export function floorKey(callId: string, speaker: string, change: string, at: number): string {
  return [callId, speaker, change, at].join('/');
}

function idOf(callId: string, toolCallId: string): string {
  return `${callId}/${toolCallId}`;
}

function seq({ sequence }: InspectedMessage): string {
  return String(sequence);
}
