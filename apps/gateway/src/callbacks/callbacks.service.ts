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
import { childTraceparent } from '@interject/observability';
import { Clock } from '@interject/runtime';
import { withTimeLimit } from '../time-limit.js';
import { readCallback } from './callback-body.js';

export type CallbackAnswer =
  | { readonly outcome: 'accepted' | 'known' | 'too-large' | 'too-deep' }
  /** `state`: how the tool call ended. */
  | { readonly outcome: 'late'; readonly state?: ToolCallOutcome };

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
  private readonly settled = new LRUCache<string, CallbackAnswer>({ max: REMEMBERED });
  private readonly running = new Map<string, Promise<CallbackAnswer>>();

  constructor(
    @Inject(EventPublisher) private readonly publisher: EventPublisher,
    @Inject(StreamReader) private readonly reader: StreamReader,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

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
    if (running !== undefined) return repeatOf(await running);
    const taking = this.takeFirst(callback, read.data).finally(() => this.running.delete(key));
    this.running.set(key, taking);
    const answer = await taking;
    if (answer.outcome !== 'too-large') this.settled.set(key, repeatOf(answer));
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
    const looking = Promise.all([
      this.reader.last(Streams.CallEvents, event.subject),
      this.reader.last(Streams.CallEvents, this.publisher.events.subjectOf(CallEventNames.Result, subject)),
    ]);
    const [earlier, result] = await withTimeLimit(this.clock, looking, LOOK_LIMIT_MS);
    if (earlier !== undefined) return { outcome: 'known' };
    if (result !== undefined) return { outcome: 'late', ...stateIn(result.data) };
    try {
      const { repeated } = await this.publisher.publish(event, { traceparent: childTraceparent(traceparent) });
      return { outcome: repeated ? 'known' : 'accepted' };
    } catch (error) {
      // The server allows less than we do.
      if (isMessagingError(error) && error.code === 'payload-too-large') return { outcome: 'too-large' };
      throw error;
    }
  }
}

function repeatOf(answer: CallbackAnswer): CallbackAnswer {
  return answer.outcome === 'accepted' ? { outcome: 'known' } : answer;
}

function stateIn(data: Uint8Array): { readonly state?: ToolCallOutcome } {
  try {
    return { state: parseJson(ToolCallFinished, data).outcome };
  } catch (error) {
    if (!isContractError(error)) throw error;
    return {};
  }
}
