import {
  AnnouncementRequested,
  CallEnded,
  CallEventNames,
  CallStatusChanged,
  CancelRequested,
  FloorChanged,
  parseJson,
  partitionOf,
  Streams,
  ToolCallFinished,
  ToolCallProgressed,
  ToolCallRequested,
} from '@interject/contracts';
import type { StreamName } from '@interject/contracts';
import type { CallFact } from '@interject/speech';

/** What is needed of a stored message. */
export interface FactMessage {
  readonly subject: string;
  readonly data: Uint8Array | string;
}

/** Fourth token of `calls.<partition>.<callToken>.<event>[.<key>]`. */
const EVENT_TOKEN = 3;

/**
 * The fact in a stored message.
 *
 * @returns undefined for events that do not concern speech
 * @throws ContractError for one that does not fit its contract
 * @throws RangeError for a call that does not belong to the partition: two owners would serve it
 */
export function factOf(
  stream: StreamName,
  message: FactMessage,
  partition: number,
  partitions: number,
): CallFact | undefined {
  const fact = parseFact(stream, message);
  if (fact !== undefined && partitionOf(fact.fact.callId, partitions) !== partition) {
    throw new RangeError('The event was published to another partition than its call belongs to.');
  }
  return fact;
}

function parseFact(stream: StreamName, { subject, data }: FactMessage): CallFact | undefined {
  switch (stream) {
    case Streams.ToolCalls:
      return { kind: 'tool-call', fact: parseJson(ToolCallRequested, data) };
    case Streams.Floor:
      return { kind: 'floor', fact: parseJson(FloorChanged, data) };
    case Streams.CallEvents:
      return parseCallEvent(subject.split('.')[EVENT_TOKEN], data);
    case Streams.Utterances:
    case Streams.DeadLetters:
      return undefined;
  }
}

function parseCallEvent(event: string | undefined, data: FactMessage['data']): CallFact | undefined {
  switch (event) {
    case CallEventNames.Status:
      return { kind: 'status', fact: parseJson(CallStatusChanged, data) };
    case CallEventNames.Ended:
      return { kind: 'ended', fact: parseJson(CallEnded, data) };
    case CallEventNames.Progress:
      return { kind: 'progress', fact: parseJson(ToolCallProgressed, data) };
    case CallEventNames.Result:
      return { kind: 'result', fact: parseJson(ToolCallFinished, data) };
    case CallEventNames.Announcement:
      return { kind: 'announcement', fact: parseJson(AnnouncementRequested, data) };
    case CallEventNames.CancelRequested:
      return { kind: 'cancel-requested', fact: parseJson(CancelRequested, data) };
    default:
      return undefined;
  }
}
