import { announcementKey, callToken, toolCallKey } from './keys.js';
import { partitionOf } from './partition.js';
import { CallEventNames, Subjects } from './subjects.js';
import type { CallEventName } from './subjects.js';
import { VERSION_FIELD } from './versions.js';
import type {
  AnnouncementRequested,
  CallEnded,
  CallStatusChanged,
  CancelRequested,
  ToolCallCalledBack,
  ToolCallFinished,
  ToolCallHandedOver,
  ToolCallProgressed,
  ToolCallRestarted,
  UtteranceUndelivered,
} from './events/call-events.js';
import type { FloorChanged } from './events/floor-changed.js';
import type { ToolCallRequested } from './events/tool-call-requested.js';

/** An event ready to be published. */
export interface OutgoingEvent<T extends object = object> {
  readonly subject: string;
  /** CloudEvents type, `interject.<noun>.<version>`. */
  readonly type: string;
  /** CloudEvents id and `Nats-Msg-Id`: the same for repeats of the same fact. */
  readonly id: string;
  /** True: the subject holds one message for ever; a repeat is answered as "already there". */
  readonly once: boolean;
  readonly data: T;
}

/** CloudEvents types. The number changes when a reader of the old version could not understand the new one. */
export const EventTypes = {
  ToolCall: 'interject.tool-call.v1',
  Status: 'interject.call.status.v1',
  Ended: 'interject.call.ended.v1',
  Progress: 'interject.call.progress.v1',
  Result: 'interject.call.result.v1',
  Announcement: 'interject.call.announcement.v1',
  CancelRequested: 'interject.call.cancel-requested.v1',
  Undelivered: 'interject.call.undelivered.v1',
  HandedOver: 'interject.call.handed-over.v1',
  CalledBack: 'interject.call.called-back.v1',
  Restarted: 'interject.call.restarted.v1',
  Floor: 'interject.floor.v1',
  Utterances: 'interject.utterances.v1',
} as const;
export type EventType = (typeof EventTypes)[keyof typeof EventTypes];

const VERSIONS = new Map<string, number>(Object.values(EventTypes).map((type) => [type, versionInType(type)]));

/** The number at the end of a CloudEvents type; 1 for a type that has none. */
export function versionInType(type: string): number {
  return Number(/\.v(\d+)$/.exec(type)?.[1] ?? 1);
}

/** An event's data as it is written: from version 2 on it says which version it is. */
export function writtenData(type: string, data: object): object {
  const version = VERSIONS.get(type) ?? versionInType(type);
  return version === 1 ? data : { ...data, [VERSION_FIELD]: version };
}

/** Events of a tool call that are looked up: it has each once at most, or the last one counts. */
type ToolCallFact = Extract<CallEventName, 'result' | 'cancel-requested' | 'handed-over' | 'called-back' | 'restarted'>;

/** Builds events with the right subject, id and repeat rule. One instance per process, made with the installed number of partitions. */
export class EventFactory {
  /** @param partitions as fixed in KV `settings` at first start */
  constructor(readonly partitions: number) {}

  toolCall(data: ToolCallRequested): OutgoingEvent<ToolCallRequested> {
    const key = toolCallKey(data.callId, data.toolCallId);
    const subject = Subjects.toolCall(data.tool, this.partition(data.callId), key);
    return { subject, type: EventTypes.ToolCall, id: `tool-call.${key}`, once: true, data };
  }

  status(data: CallStatusChanged): OutgoingEvent<CallStatusChanged> {
    const id = `status.${callToken(data.callId)}.${data.status}.${String(data.at)}`;
    return { ...this.call(CallEventNames.Status, EventTypes.Status, data), id, once: false };
  }

  ended(data: CallEnded): OutgoingEvent<CallEnded> {
    return { ...this.call(CallEventNames.Ended, EventTypes.Ended, data), once: true };
  }

  progress(data: ToolCallProgressed): OutgoingEvent<ToolCallProgressed> {
    const key = toolCallKey(data.callId, data.toolCallId);
    const event = this.call(CallEventNames.Progress, EventTypes.Progress, data, key);
    return { ...event, id: `${event.id}.${String(data.sequence)}.${String(data.at)}`, once: false };
  }

  /** @param key of the tool call, if it is at hand: making it costs more than the rest */
  result(
    data: ToolCallFinished,
    key: string = toolCallKey(data.callId, data.toolCallId),
  ): OutgoingEvent<ToolCallFinished> {
    return { ...this.call(CallEventNames.Result, EventTypes.Result, data, key), once: true };
  }

  announcement(data: AnnouncementRequested): OutgoingEvent<AnnouncementRequested> {
    const key = announcementKey(data.callId, data.announcementId);
    return { ...this.call(CallEventNames.Announcement, EventTypes.Announcement, data, key), once: true };
  }

  cancelRequested(data: CancelRequested): OutgoingEvent<CancelRequested> {
    const key = toolCallKey(data.callId, data.toolCallId);
    return { ...this.call(CallEventNames.CancelRequested, EventTypes.CancelRequested, data, key), once: true };
  }

  handedOver(data: ToolCallHandedOver): OutgoingEvent<ToolCallHandedOver> {
    const key = toolCallKey(data.callId, data.toolCallId);
    return { ...this.call(CallEventNames.HandedOver, EventTypes.HandedOver, data, key), once: true };
  }

  calledBack(data: ToolCallCalledBack): OutgoingEvent<ToolCallCalledBack> {
    const key = toolCallKey(data.callId, data.toolCallId);
    return { ...this.call(CallEventNames.CalledBack, EventTypes.CalledBack, data, key), once: true };
  }

  restarted(data: ToolCallRestarted): OutgoingEvent<ToolCallRestarted> {
    const key = toolCallKey(data.callId, data.toolCallId);
    const event = this.call(CallEventNames.Restarted, EventTypes.Restarted, data, key);
    return { ...event, id: `${event.id}.${String(data.runs)}.${String(data.at)}`, once: false };
  }

  /** @param data its `utteranceId` is made of keys and numbers, so it may stand in a subject */
  undelivered(data: UtteranceUndelivered): OutgoingEvent<UtteranceUndelivered> {
    const event = this.call(CallEventNames.Undelivered, EventTypes.Undelivered, data, data.utteranceId);
    return { ...event, once: true };
  }

  floor(data: FloorChanged): OutgoingEvent<FloorChanged> {
    const token = callToken(data.callId);
    const id = `floor.${token}.${data.speaker}.${data.change}.${String(data.at)}`;
    return {
      subject: Subjects.floor(this.partition(data.callId), token),
      type: EventTypes.Floor,
      id,
      once: false,
      data,
    };
  }

  /** Where the events of this name about a tool call are stored, if it has happened. */
  subjectOf(event: ToolCallFact, { callId, toolCallId }: Pick<ToolCallRequested, 'callId' | 'toolCallId'>): string {
    return Subjects.callEvent(this.partition(callId), callToken(callId), event, toolCallKey(callId, toolCallId));
  }

  private partition(callId: string): number {
    return partitionOf(callId, this.partitions);
  }

  private call<T extends { callId: string }>(
    name: (typeof CallEventNames)[keyof typeof CallEventNames],
    type: EventType,
    data: T,
    key?: string,
  ): Omit<OutgoingEvent<T>, 'once'> {
    const token = callToken(data.callId);
    const subject = Subjects.callEvent(this.partition(data.callId), token, name, key);
    return { subject, type, id: `${name}.${key ?? token}`, data };
  }
}
