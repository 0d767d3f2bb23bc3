import { Inject, Injectable } from '@nestjs/common';
import { Buckets, callToken, partitionOf, Subjects } from '@interject/contracts';
import { CoreMessenger, EventPublisher, KvStore } from '@interject/messaging';

/** The owner of a partition answers from memory: longer than this there is none. */
const QUERY_TIMEOUT_MS = 500;

/** State of a call as its owner, or the summary after its end, tells it. */
export type CallState = Readonly<Record<string, unknown>>;

/** Answers questions about calls: live ones by their partition's owner, ended ones from KV `calls`. */
@Injectable()
export class CallQuery {
  constructor(
    @Inject(CoreMessenger) private readonly core: CoreMessenger,
    @Inject(EventPublisher) private readonly publisher: EventPublisher,
    @Inject(KvStore) private readonly kv: KvStore,
  ) {}

  /**
   * @returns undefined when nothing is known of the call
   * @throws MessagingError when neither owner nor store can be asked
   */
  async find(callId: string): Promise<CallState | undefined> {
    const partition = partitionOf(callId, this.publisher.events.partitions);
    const reply = await this.core.request(Subjects.callsQuery(partition), JSON.stringify({ callId }), QUERY_TIMEOUT_MS);
    const state = JSON.parse(Buffer.from(reply).toString()) as CallState;
    if (state['found'] !== false) return state;
    const summary = await this.kv.bucket(Buckets.Calls).get(callToken(callId));
    return summary === undefined ? undefined : (JSON.parse(Buffer.from(summary.value).toString()) as CallState);
  }
}
