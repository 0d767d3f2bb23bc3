import type { StreamName, ToolCallFinished, UtteranceRecord } from '@interject/contracts';
import type { StoredMessage } from '@interject/messaging';
import { Attributes, RecentMap, SpanNames } from '@interject/observability';
import type { Clock, Span, SpanAttributes, Tracer } from '@interject/observability';
import type { PostOutcome } from '@interject/speech';
import { TraceOrigins } from './trace-origins.js';
import type { Told } from './trace-origins.js';

/** An utterance that is on its way to be said. */
interface Followed {
  /** Its last record. */
  record: UtteranceRecord;
  /** When the present hold began. */
  since: number;
  /** `traceparent` of the last time that it was sent. */
  lastSay: string | undefined;
  /** When a POST of it was accepted, or may have been; undefined while it waits. */
  sentAt: number | undefined;
}

/** The spans of one POST. */
export interface PostSpans {
  answered(outcome: PostOutcome): void;
}

interface Posted {
  readonly followed: Followed;
  readonly say: Span;
}

/** Bounds the memory: what a lost partition had under way stays behind. */
const KEPT = 20_000;

/**
 * Makes spans of what the ledger records and of POSTs: hold, say and heard of each utterance, in the trace that it comes
 * from. What is said together has a span each, so that every trace is whole; they are linked to the first of them.
 */
export class SpeechTraces {
  private readonly origins = new TraceOrigins();
  private readonly followed = new RecentMap<string, Followed>(KEPT);

  constructor(
    private readonly tracer: Tracer,
    private readonly clock: Pick<Clock, 'now'>,
  ) {}

  /** A message of a fact, whether new or from before a take-over. Headers are not read while tracing is off. */
  seen(stream: StreamName, message: Pick<StoredMessage, 'subject' | 'headers'>): void {
    if (this.tracer.isOn) this.origins.seen(stream, message);
  }

  /** What to send on with an event about an utterance. */
  headerFor(told: Told): { readonly traceparent?: string } {
    return this.tracer.isOn ? headerOf(this.origins.of(told)) : NO_HEADER;
  }

  /** What to send on with a result that this process publishes. */
  headerForResult({ callId, toolCallId }: ToolCallFinished): { readonly traceparent?: string } {
    return this.tracer.isOn ? headerOf(this.origins.ofToolCall(callId, toolCallId)) : NO_HEADER;
  }

  /** A record is stored. */
  recorded(record: UtteranceRecord): void {
    if (!this.tracer.isOn) return;
    if (record.state !== 'sending') this.ended(record);
    // Otherwise it was put back: its hold goes on.
    else if (record.final === undefined) this.toBeSent(record);
  }

  /** A POST begins: what it says is not held any longer. @returns undefined while tracing is off */
  posting(utteranceIds: readonly string[]): PostSpans | undefined {
    if (!this.tracer.isOn) return undefined;
    const now = this.clock.now();
    const posted: Posted[] = [];
    for (const id of utteranceIds) {
      const followed = this.followed.get(id);
      if (followed === undefined) continue;
      posted.push({ followed, say: this.say(followed, posted[0]?.say.traceparent, now) });
    }
    return {
      answered: (outcome) => {
        this.answered(posted, outcome);
      },
    };
  }

  private say(followed: Followed, saidWith: string | undefined, now: number): Span {
    const { record, since, lastSay } = followed;
    const hold = this.hold(record, since, lastSay);
    hold.end({ endTime: Math.max(now, since) });
    return this.tracer.start(SpanNames.Say, {
      kind: 'client',
      parent: hold.traceparent,
      startTime: now,
      links: saidWith === undefined ? [] : [saidWith],
      attributes: { [Attributes.HttpMethod]: 'POST', ...attributesOf(record) },
    });
  }

  private answered(posted: readonly Posted[], outcome: PostOutcome): void {
    const now = this.clock.now();
    const failure = outcome === 'accepted' ? undefined : outcome;
    for (const { followed, say } of posted) {
      say.end({ endTime: now, attributes: { [Attributes.Outcome]: outcome }, failure });
      followed.lastSay = say.traceparent;
      // Whether it was accepted is not known: that shows in what is heard.
      if (outcome === 'accepted' || outcome === 'unknown') followed.sentAt = now;
      else followed.since = now;
    }
  }

  private toBeSent(record: UtteranceRecord): void {
    const { utteranceId: id, times } = record;
    const followed = this.followed.get(id);
    if (followed !== undefined) {
      followed.record = record;
      return;
    }
    this.followed.set(id, { record, since: times.queuedAt, lastSay: undefined, sentAt: undefined });
  }

  private ended(record: UtteranceRecord): void {
    const { utteranceId: id, times } = record;
    const followed = this.followed.get(id);
    const endTime = times.endedAt ?? this.clock.now();
    // Sent by a predecessor, whose spans of it are its own.
    const sentAt = followed === undefined ? times.sendingAt : followed.sentAt;
    if (sentAt === undefined) {
      this.hold(record, followed?.since ?? times.queuedAt, followed?.lastSay).end({ endTime });
    } else {
      this.heard(record, sentAt, followed?.lastSay).end({ endTime: Math.max(endTime, sentAt) });
    }
    if (followed === undefined) return;
    if (record.final !== false) {
      this.followed.delete(id);
      return;
    }
    // It waits again.
    followed.record = record;
    followed.since = endTime;
    followed.sentAt = undefined;
  }

  /** @param lastSay where it was sent before, if this is not the first time */
  private hold(record: UtteranceRecord, since: number, lastSay: string | undefined): Span {
    return this.tracer.start(SpanNames.Hold, {
      parent: this.origins.of(record),
      startTime: since,
      links: lastSay === undefined ? [] : [lastSay],
      attributes: attributesOf(record),
    });
  }

  private heard(record: UtteranceRecord, sentAt: number, say: string | undefined): Span {
    const { speakingAt } = record.times;
    return this.tracer.start(SpanNames.Heard, {
      parent: say ?? this.origins.of(record),
      startTime: sentAt,
      attributes: {
        ...attributesOf(record),
        ...(speakingAt !== undefined && { [Attributes.SpeakingAfter]: Math.max(0, speakingAt - sentAt) }),
      },
    });
  }
}

const NO_HEADER = {};

function headerOf(traceparent: string | undefined): { readonly traceparent?: string } {
  return traceparent === undefined ? NO_HEADER : { traceparent };
}

function attributesOf(record: UtteranceRecord): SpanAttributes {
  const { callId, tool, toolCallId, source, state, attempt, reason } = record;
  return {
    [Attributes.CallId]: callId,
    ...(tool !== undefined && { [Attributes.Tool]: tool }),
    ...(toolCallId !== undefined && { [Attributes.ToolCallId]: toolCallId }),
    [Attributes.Source]: source,
    [Attributes.Class]: record.class,
    [Attributes.Attempt]: attempt,
    ...(state !== 'sending' && { [Attributes.State]: state }),
    ...(reason !== undefined && { [Attributes.Reason]: reason }),
  };
}
