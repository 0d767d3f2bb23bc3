import type { StreamName } from '@interject/contracts';
import { boundedLabel, EDGE_BUCKETS_SECONDS } from '@interject/observability';
import type { Counter, Histogram, Metrics } from '@interject/observability';
import type { ConsumerLag } from './consuming/consumer-lag.js';
import { streamOf } from './provisioning/topology.js';

/** What became of a message that was to be stored. */
export type PublishOutcome = 'stored' | 'repeated' | 'failed';

const MS = 1000;
/** A tool chooses the codes of its failures. */
const MAX_REASONS = { max: 30 };

/** What is asked at each scrape. */
export interface MessagingState {
  readonly isConnected: () => boolean;
  /** Messages that the readers of a stream have not been handed yet. */
  readonly readerPending: () => ReadonlyMap<string, number>;
  /** Undefined where streams are not read over a connection of their own. */
  readonly readerLagMs: () => number | undefined;
}

/** The edge between a service and NATS. */
export class MessagingMetrics {
  private readonly publishes: Histogram<'stream' | 'outcome'>;
  private readonly letters: Counter<'reason'>;
  private readonly reconnects: Counter;
  /** By first token of the subject: found once, and not for each message. */
  private readonly streams = new Map<string, StreamName>();
  private state: MessagingState | undefined;
  private lags: () => Promise<readonly ConsumerLag[]> = () => Promise.resolve([]);

  constructor(metrics: Metrics) {
    this.publishes = metrics.histogram({
      name: 'interject_nats_publish_duration_seconds',
      help:
        'From the publish of an event or record to its acknowledgement: "stored", "repeated" it was there already, ' +
        '"failed" it was refused or not acknowledged in time.',
      labels: ['stream', 'outcome'],
      buckets: EDGE_BUCKETS_SECONDS,
    });
    this.letters = metrics.counter({
      name: 'interject_dead_letters_stored_total',
      help: 'Messages that this replica gave up and stored in DEAD_LETTERS.',
      labels: ['reason'],
    });
    this.reconnects = metrics.counter({
      name: 'interject_nats_reconnects_total',
      help: 'Times that the connection to NATS came back.',
    });
    this.addConnectionGauges(metrics);
    this.addLagGauges(metrics);
  }

  /** @param state asked at each scrape */
  show(state: MessagingState): void {
    this.state = state;
  }

  /** @param lags asked at each scrape; never rejects, and answers soon */
  showConsumers(lags: () => Promise<readonly ConsumerLag[]>): void {
    this.lags = lags;
  }

  published(subject: string, outcome: PublishOutcome, durationMs: number): void {
    this.publishes.observe({ stream: this.streamOf(subject), outcome }, durationMs / MS);
  }

  buried(reason: string): void {
    this.letters.inc({ reason: boundedLabel(reason, MAX_REASONS) });
  }

  reconnected(): void {
    this.reconnects.inc();
  }

  private streamOf(subject: string): StreamName {
    const family = subject.slice(0, subject.indexOf('.'));
    const known = this.streams.get(family);
    if (known !== undefined) return known;
    const stream = streamOf(subject);
    this.streams.set(family, stream);
    return stream;
  }

  private addConnectionGauges(metrics: Metrics): void {
    metrics.gauge({
      name: 'interject_nats_connected',
      help: '1 while this replica is connected to NATS, else 0.',
      collect: (gauge) => {
        gauge.set(this.state?.isConnected() === true ? 1 : 0);
      },
    });
    metrics.gauge({
      name: 'interject_reader_lag_seconds',
      help:
        'How far behind what streams hand over to this replica is, measured by a round trip behind it; +Inf while ' +
        'disconnected. Only of services that read over a connection of their own (the notifier).',
      collect: (gauge) => {
        const lagMs = this.state?.readerLagMs();
        if (lagMs !== undefined) gauge.set(lagMs / MS);
      },
    });
  }

  private addLagGauges(metrics: Metrics): void {
    metrics.gauge({
      name: 'interject_reader_pending_messages',
      help: 'Messages of a stream that its readers in this replica have not been handed yet, as of the last one they were.',
      labels: ['stream'],
      collect: (gauge) => {
        gauge.reset();
        for (const [stream, pending] of this.state?.readerPending() ?? []) gauge.set({ stream }, pending);
      },
    });
    metrics.gauge({
      name: 'interject_consumer_messages',
      help:
        'Messages that a durable consumer has before it: "pending", no replica was given them yet; "unacknowledged", some ' +
        'replica works on them. Each replica shows the same numbers.',
      labels: ['stream', 'consumer', 'state'],
      collect: async (gauge) => {
        const lags = await this.lags();
        // What could not be asked is not shown, rather than shown as it was.
        gauge.reset();
        for (const { stream, consumer, pending, unacknowledged } of lags) {
          gauge.set({ stream, consumer, state: 'pending' }, pending);
          gauge.set({ stream, consumer, state: 'unacknowledged' }, unacknowledged);
        }
      },
    });
  }
}
