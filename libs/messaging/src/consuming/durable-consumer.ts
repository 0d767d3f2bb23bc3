import { AckPolicy, DeliverPolicy, nanos } from 'nats';
import type { ConsumerConfig } from 'nats';
import type { StreamName } from '@interject/contracts';
import type { MessagingConnection } from '../connection/messaging-connection.js';
import { jetStreamCode, JetStreamErrorCodes, toMessagingError } from '../connection/nats-failure.js';

/** What a durable consumer is to be like. */
export interface DurableConsumerOptions {
  readonly stream: StreamName;
  readonly durable: string;
  readonly filterSubject: string;
  /** A message not extended or settled for this long is given to somebody else. */
  readonly ackWaitMs: number;
  /** Bound over all replicas. */
  readonly maxAckPending: number;
  /** Where a consumer that is made for the first time begins: with everything still stored, or with what comes from now on. */
  readonly deliver: 'all' | 'new';
}

/** A consumer that vanished and began `new` goes back this much before it was last heard of: rather twice than never. */
const RESUME_MARGIN_MS = 10_000;

/** A durable consumer of the server: made if it is not there, updated if it is not as wanted. */
export class DurableConsumer {
  /** When it was last known to be there (ms since the epoch). */
  private aliveAt: number | undefined;

  constructor(
    private readonly connection: MessagingConnection,
    private readonly options: DurableConsumerOptions,
  ) {}

  /** Something was heard of it. */
  heard(): void {
    this.aliveAt = Date.now();
  }

  /** @throws MessagingError when it cannot be looked up or made */
  async ensure(): Promise<void> {
    const { stream, durable } = this.options;
    const { consumers } = this.connection.manager;
    const wanted = {
      ack_wait: nanos(this.options.ackWaitMs),
      max_deliver: -1,
      max_ack_pending: this.options.maxAckPending,
      filter_subject: this.options.filterSubject,
    };
    try {
      const { config } = await consumers.info(stream, durable);
      const differs = Object.entries(wanted).some(([name, value]) => config[name as keyof ConsumerConfig] !== value);
      if (differs) await consumers.update(stream, durable, { ...config, ...wanted });
    } catch (error) {
      if (jetStreamCode(error) !== JetStreamErrorCodes.ConsumerNotFound) {
        throw toMessagingError('Looking for a consumer', error);
      }
      const fixed = { durable_name: durable, ack_policy: AckPolicy.Explicit, ...this.beginning() };
      await consumers.add(stream, { ...fixed, ...wanted }).catch((cause: unknown) => {
        throw toMessagingError('Making a consumer', cause);
      });
    }
    this.heard();
  }

  /** Where a consumer begins that is not there. One that we had and lost must not skip what came meanwhile. */
  private beginning(): Pick<ConsumerConfig, 'deliver_policy' | 'opt_start_time'> {
    if (this.options.deliver === 'all') return { deliver_policy: DeliverPolicy.All };
    if (this.aliveAt === undefined) return { deliver_policy: DeliverPolicy.New };
    const from = new Date(this.aliveAt - RESUME_MARGIN_MS).toISOString();
    return { deliver_policy: DeliverPolicy.StartTime, opt_start_time: from };
  }
}
