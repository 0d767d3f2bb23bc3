import { Inject, Injectable } from '@nestjs/common';
import { Buckets, callToken, partitionOf, Subjects } from '@interject/contracts';
import type { CallQuestion } from '@interject/contracts';
import { CoreMessenger, EventPublisher, isMessagingError, KvStore } from '@interject/messaging';
import type { MessagingError } from '@interject/messaging';
import { Clock } from '@interject/runtime';
import { withTimeLimit } from '../time-limit.js';

/** The owner of a partition answers from memory: longer than this there is none. */
const QUERY_TIMEOUT_MS = 500;
/** Who asks is answered within 2 s. */
const LOOK_LIMIT_MS = 1000;

/** State of a call as its owner, or the summary after its end, tells it. */
export type CallState = Readonly<Record<string, unknown>>;

/** Answers questions about calls: live ones by their partition's owner, ended ones from KV `calls`. */
@Injectable()
export class CallQuery {
  constructor(
    @Inject(CoreMessenger) private readonly core: CoreMessenger,
    @Inject(EventPublisher) private readonly publisher: EventPublisher,
    @Inject(KvStore) private readonly kv: KvStore,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  /**
   * @param more what a live call's state is to tell besides: whether an announcement is let in, words of progress reports
   * @returns undefined when nothing is known of the call
   * @throws MessagingError when neither owner nor store can be asked, or no owner answers and no summary is there
   */
  async find(callId: string, more: Omit<CallQuestion, 'callId'> = {}): Promise<CallState | undefined> {
    let noOwner: MessagingError | undefined;
    try {
      const state = await this.askOwner({ callId, ...more });
      if (state['found'] !== false) return state;
    } catch (error) {
      // What is known of an ended call does not need an owner.
      if (!isMessagingError(error) || (error.code !== 'no-responder' && error.code !== 'timeout')) throw error;
      noOwner = error;
    }
    const looking = this.kv.bucket(Buckets.Calls).get(callToken(callId));
    const summary = await withTimeLimit(this.clock, looking, LOOK_LIMIT_MS);
    if (summary !== undefined) return JSON.parse(Buffer.from(summary.value).toString()) as CallState;
    if (noOwner !== undefined) throw noOwner;
    return undefined;
  }

  private async askOwner(question: CallQuestion): Promise<CallState> {
    const partition = partitionOf(question.callId, this.publisher.events.partitions);
    const reply = await this.core.request(Subjects.callsQuery(partition), JSON.stringify(question), QUERY_TIMEOUT_MS);
    return JSON.parse(Buffer.from(reply).toString()) as CallState;
  }
}
