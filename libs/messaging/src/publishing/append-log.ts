import { writtenData } from '@interject/contracts';
import type { EventType } from '@interject/contracts';
import type { MessagingConnection } from '../connection/messaging-connection.js';
import { jetStreamCode, JetStreamErrorCodes, toMessagingError } from '../connection/nats-failure.js';
import { MessagingErrorCodes } from '../messaging.errors.js';
import type { MessagingMetrics, PublishOutcome } from '../messaging-metrics.js';
import { streamOf } from '../provisioning/topology.js';
import { EventHeaderWriter } from './event-headers.js';

const MESSAGE_ID = 'Nats-Msg-Id';

export interface LogMessage {
  readonly type: EventType;
  readonly data: object;
  /** Tells a repeat of this append from another one. */
  readonly id: string;
}

/** Appends to a subject that has one writer: each append says after which message it belongs. */
export class AppendLog {
  private readonly header: EventHeaderWriter;

  constructor(
    private readonly connection: MessagingConnection,
    service: string,
    private readonly metrics?: Pick<MessagingMetrics, 'published'>,
  ) {
    this.header = new EventHeaderWriter(service);
  }

  /**
   * @param expectedLastSequence stream sequence of the subject's last message, 0 when it has none
   * @returns stream sequence of the new message
   * @throws MessagingError `sequence-conflict`: somebody else wrote, nothing was stored. After `timeout` the same append
   *   (same id, same expected sequence) may be repeated: it is stored once
   */
  async append(subject: string, expectedLastSequence: number, message: LogMessage): Promise<number> {
    this.connection.assertConnected('Appending to a log');
    const { id, type, data } = message;
    const header = this.header.headers({ id, type, time: Date.now(), expectedLastSequence });
    const startedAt = performance.now();
    let outcome: PublishOutcome = 'failed';
    try {
      const { seq } = await this.connection.writer.write(subject, JSON.stringify(writtenData(type, data)), header);
      outcome = 'stored';
      return seq;
    } catch (cause) {
      const failure = toMessagingError('Appending to a log', cause);
      if (failure.code !== MessagingErrorCodes.SequenceConflict) throw failure;
      const stored = await this.lastIfRepeat(subject, id);
      if (stored === undefined) throw failure;
      outcome = 'repeated';
      return stored;
    } finally {
      this.metrics?.published(subject, outcome, performance.now() - startedAt);
    }
  }

  /**
   * nats-server 2.9 knows a repeated append by its id; newer ones look at the expected sequence first, and the repeat seems to
   * come second to itself.
   *
   * @returns the sequence of the subject's last message, if it is this one
   */
  private async lastIfRepeat(subject: string, id: string): Promise<number | undefined> {
    try {
      const { streams } = this.connection.manager;
      const last = await streams.getMessage(streamOf(subject), { last_by_subj: subject });
      return last.header.get(MESSAGE_ID) === id ? last.seq : undefined;
    } catch (cause) {
      if (jetStreamCode(cause) === JetStreamErrorCodes.NoMessageFound) return undefined;
      throw toMessagingError('Appending to a log', cause);
    }
  }
}
