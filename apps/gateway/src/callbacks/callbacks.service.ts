import { Inject, Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import {
  CallEventNames,
  isContractError,
  parseJson,
  Streams,
  ToolCallFinished,
  toolCallKey,
} from '@interject/contracts';
import type { CallbackSubject, ToolCallCalledBack, ToolCallOutcome } from '@interject/contracts';
import { EventPublisher, isMessagingError, StreamReader } from '@interject/messaging';
import { childTraceparent, Log } from '@interject/observability';
import { Clock } from '@interject/runtime';
import { withTimeLimit } from '../time-limit.js';
import { readCallback } from './callback-body.js';

/** No callback of that tool call is taken any more. */
export type SettledCallback =
  | { readonly outcome: 'known' }
  /** `state`: how the tool call ended. */
  | { readonly outcome: 'late'; readonly state?: ToolCallOutcome };

export type CallbackAnswer = { readonly outcome: 'accepted' | 'too-large' | 'too-deep' } | SettledCallback;

/** What a backend brings. */
export interface Callback {
  readonly subject: CallbackSubject;
  readonly outcome: ToolCallCalledBack['outcome'];
  /** The parsed body. */
  readonly body: unknown;
  readonly traceparent?: string | undefined;
}

const LOOK_LIMIT_MS = 1500;
/** Tool calls whose callback is settled: a backend that goes on calling costs NATS nothing. */
const REMEMBERED = 20_000;

/** Hands the answers of backends to the workers that wait for them. The first callback of a tool call wins. */
@Injectable()
export class Callbacks {
  private readonly settled = new LRUCache<string, SettledCallback>({ max: REMEMBERED });
  private readonly running = new Map<string, Promise<CallbackAnswer>>();

  constructor(
    @Inject(EventPublisher) private readonly publisher: EventPublisher,
    @Inject(StreamReader) private readonly reader: StreamReader,
    @Inject(Clock) private readonly clock: Clock,
    @Inject(Log) private readonly log: Log,
  ) {}

  /** The answer to any callback of this tool call, whatever it brings, if this gateway knows it. */
  remembered({ callId, toolCallId }: CallbackSubject): SettledCallback | undefined {
    return this.settled.get(toolCallKey(callId, toolCallId));
  }

  /** The same by a look at NATS. Never rejects: if that cannot be asked, {@link take} will say so. */
  async lookUp(subject: CallbackSubject): Promise<SettledCallback | undefined> {
    try {
      const found = await this.look(subject);
      if (found !== undefined) this.settled.set(toolCallKey(subject.callId, subject.toolCallId), found);
      return found;
    } catch (error) {
      this.log.debug('whether a callback is late cannot be looked up before its body is read', { error });
      return undefined;
    }
  }

  /**
   * Publishes the callback unless there was one, or the tool call has its result. Nothing is published of what cannot be
   * heard any more: its sender is told so.
   *
   * @throws MessagingError when it could not be stored: it may be sent again
   */
  async take(callback: Callback): Promise<CallbackAnswer> {
    const read = readCallback(callback.body);
    if (!read.ok) return { outcome: read.problem };
    const { callId, toolCallId } = callback.subject;
    const key = toolCallKey(callId, toolCallId);
    const settled = this.settled.get(key);
    if (settled !== undefined) return settled;
    // Two at a time: the second one is a repeat of the first, if that comes through.
    const running = this.running.get(key);
    if (running !== undefined) {
      const answer = await running;
      return settling(answer) ?? answer;
    }
    const taking = this.takeFirst(callback, read.data).finally(() => this.running.delete(key));
    this.running.set(key, taking);
    const answer = await taking;
    const settledNow = settling(answer);
    if (settledNow !== undefined) this.settled.set(key, settledNow);
    return answer;
  }

  private async takeFirst({ subject, outcome, traceparent }: Callback, data: unknown): Promise<CallbackAnswer> {
    const { callId, toolCallId, tool } = subject;
    const event = this.publisher.events.calledBack({
      callId,
      toolCallId,
      tool,
      outcome,
      ...(data === undefined ? {} : { data }),
      at: this.clock.now(),
    });
    const settled = await this.look(subject);
    if (settled !== undefined) return settled;
    try {
      const { repeated } = await this.publisher.publish(event, { traceparent: childTraceparent(traceparent) });
      return { outcome: repeated ? 'known' : 'accepted' };
    } catch (error) {
      // The server allows less than we do.
      if (isMessagingError(error) && error.code === 'payload-too-large') return { outcome: 'too-large' };
      throw error;
    }
  }

  private async look(subject: CallbackSubject): Promise<SettledCallback | undefined> {
    const { events } = this.publisher;
    const looking = Promise.all([
      this.reader.last(Streams.CallEvents, events.subjectOf(CallEventNames.CalledBack, subject)),
      this.reader.last(Streams.CallEvents, events.subjectOf(CallEventNames.Result, subject)),
    ]);
    const [earlier, result] = await withTimeLimit(this.clock, looking, LOOK_LIMIT_MS);
    if (earlier !== undefined) return { outcome: 'known' };
    return result === undefined ? undefined : { outcome: 'late', ...stateIn(result.data) };
  }
}

/** What a repeat is answered; undefined: it is tried anew. */
function settling(answer: CallbackAnswer): SettledCallback | undefined {
  switch (answer.outcome) {
    case 'accepted':
      return { outcome: 'known' };
    case 'known':
    case 'late':
      return answer;
    case 'too-large':
    case 'too-deep':
      return undefined;
  }
}

function stateIn(data: Uint8Array): { readonly state?: ToolCallOutcome } {
  try {
    return { state: parseJson(ToolCallFinished, data).outcome };
  } catch (error) {
    if (!isContractError(error)) throw error;
    return {};
  }
}
