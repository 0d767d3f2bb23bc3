import { CallEventNames, callToken, Streams, Subjects, toolCallKey } from '@interject/contracts';
import type { CarriedCall, Checkpoint, UtteranceRecord } from '@interject/contracts';
import type { StreamReader } from '@interject/messaging';
import type { CallSnapshot } from '@interject/speech';
import { rawFact } from './unread-calls.js';
import type { RawFact } from './unread-calls.js';

type ToolCall = CallSnapshot['toolCalls'][number];
type Utterance = CallSnapshot['utterances'][number];

/** Of what is settled the newest are carried on, to be shown. */
const SETTLED_CARRIED = 20;
/** A call with more that is open is not carried: a successor reads on from its start. */
const OPEN_CARRIED = 100;

const OPEN_STATES: ReadonlySet<string> = new Set(['preparing', 'queued', 'held', 'sending', 'sent', 'speaking']);

/**
 * What a successor needs of a call that began long ago: names of the facts that still matter, and what the ledger says of its
 * utterances. Everything that the ledger was told of the call must be stored by then, or be in the same batch.
 *
 * @returns undefined when that is too much
 */
export function carriedCallOf(call: CallSnapshot, start: Checkpoint): CarriedCall | undefined {
  const { callId } = call;
  const utterances = newestSettled(call.utterances, (one) => isOpenUtterance(one, call.toolCalls));
  const spoken = new Set(utterances.map(({ toolCallId }) => toolCallId));
  const toolCalls = newestSettled(call.toolCalls, (one) => one.state === 'pending' || spoken.has(one.toolCallId));
  if (utterances.length + toolCalls.length > 2 * (OPEN_CARRIED + SETTLED_CARRIED)) return undefined;
  return {
    callId,
    start,
    toolCalls: toolCalls.map(({ tool, toolCallId, state, cancelRequestedAt }) => ({
      tool,
      toolCallId,
      ...(state === 'pending' ? {} : { hasResult: true }),
      ...(cancelRequestedAt === undefined ? {} : { isCancelled: true }),
    })),
    announcements: utterances.filter(({ source }) => source === 'announcement').map(({ utteranceId }) => utteranceId),
    records: utterances.flatMap((utterance) => recordOf(callId, utterance) ?? []),
  };
}

function newestSettled<T>(all: readonly T[], isOpen: (one: T) => boolean): T[] {
  const settled = all.filter((one) => !isOpen(one)).slice(-SETTLED_CARRIED);
  const kept = new Set(settled);
  return all.filter((one) => kept.has(one) || isOpen(one));
}

/** A filler of a pending tool call counts against its budget. */
function isOpenUtterance({ state, source, toolCallId }: Utterance, toolCalls: readonly ToolCall[]): boolean {
  if (OPEN_STATES.has(state)) return true;
  return source === 'filler' && toolCalls.some((one) => one.toolCallId === toolCallId && one.state === 'pending');
}

/** What the ledger says of it by now. @returns undefined when it says nothing */
function recordOf(callId: string, utterance: Utterance): UtteranceRecord | undefined {
  const { utteranceId, source, state, attempt, reason, tool, toolCallId, saidWith, times } = utterance;
  const known = {
    utteranceId,
    callId,
    source,
    class: utterance.class,
    attempt,
    times,
    ...(reason === undefined ? {} : { reason }),
    ...(tool === undefined ? {} : { tool }),
    ...(toolCallId === undefined ? {} : { toolCallId }),
    ...(saidWith === undefined ? {} : { saidWith }),
  };
  switch (state) {
    case 'preparing':
      return undefined;
    case 'queued':
    case 'held':
      // It went back into the row.
      return attempt === 0 ? undefined : { ...known, state: 'interrupted', final: false };
    case 'sending':
    case 'sent':
    case 'speaking':
      return { ...known, state: 'sending' };
    default:
      return { ...known, state };
  }
}

/** Reads the facts of carried calls, each by its own subject: that costs the same however much lies between them. */
export class CarriedCallReader {
  constructor(
    private readonly reader: Pick<StreamReader, 'last'>,
    private readonly partition: number,
  ) {}

  /** @throws MessagingError */
  async factsOf({ callId, toolCalls, announcements }: CarriedCall): Promise<RawFact[]> {
    const event = (name: Parameters<typeof Subjects.callEvent>[2], key?: string) =>
      this.find(Streams.CallEvents, Subjects.callEvent(this.partition, callToken(callId), name, key));
    const ofToolCalls = toolCalls.flatMap(({ tool, toolCallId, isCancelled = false }) => {
      const key = toolCallKey(callId, toolCallId);
      return [
        this.find(Streams.ToolCalls, Subjects.toolCall(tool, this.partition, key)),
        // It may have come since, but then it is read anyway, or found twice, which does no harm.
        event(CallEventNames.Result, key),
        ...(isCancelled ? [event(CallEventNames.CancelRequested, key)] : []),
      ];
    });
    const found = await Promise.all([
      event(CallEventNames.Status),
      event(CallEventNames.Ended),
      ...ofToolCalls,
      ...announcements.map((key) => event(CallEventNames.Announcement, key)),
    ]);
    return found.filter((fact) => fact !== undefined);
  }

  private async find(stream: RawFact['stream'], subject: string): Promise<RawFact | undefined> {
    const message = await this.reader.last(stream, subject);
    return message === undefined ? undefined : rawFact(stream, message);
  }
}
