import { headers } from 'nats';
import { DeadLetterHeaders, REPLAY_FOR_HEADER, Streams } from '@interject/contracts';
import type { MessagingConnection } from '../connection/messaging-connection.js';
import { jetStreamCode, JetStreamErrorCodes, toMessagingError } from '../connection/nats-failure.js';
import { PUBLISH_TIMEOUT_MS } from '../messaging.options.js';
import type { StoredMessage } from '../reading/stored-message.js';
import type { StreamReader } from '../reading/stream-reader.js';
import type { DeadLetter } from './dead-letter.types.js';

const OWN_HEADERS: ReadonlySet<string> = new Set<string>(Object.values(DeadLetterHeaders));

/** What of a letter is put back into its stream. */
export interface Republication {
  /** Default: where it came from. */
  readonly subject?: string;
  /** Default: as it was. */
  readonly data?: Uint8Array;
  /** Refuse if the subject holds a message already. */
  readonly once?: boolean;
  /** Only this durable consumer shall handle it. */
  readonly replayFor?: string;
}

/** Dead letters as operators see them: they can be looked at, put back into their stream, and thrown away. */
export class DeadLetterStore {
  constructor(
    private readonly connection: MessagingConnection,
    private readonly reader: StreamReader,
  ) {}

  /**
   * Hands over all letters, oldest first.
   *
   * @throws MessagingError
   */
  async each(onLetter: (letter: DeadLetter) => void): Promise<void> {
    await this.reader.each(Streams.DeadLetters, 'dead-letters.>', (message) => {
      onLetter(toDeadLetter(message));
    });
  }

  /** @throws MessagingError */
  async find(sequence: number): Promise<DeadLetter | undefined> {
    const message = await this.reader.at(Streams.DeadLetters, sequence);
    return message === undefined ? undefined : toDeadLetter(message);
  }

  /**
   * Puts a letter back into its stream, with its headers: the trace goes on. The same letter within two minutes is stored
   * once, so a replay that was cut off may be said again.
   *
   * @returns `repeated`: this letter was put back a moment ago; `taken`: the subject holds a message, with `once`
   * @throws MessagingError
   */
  async republish(
    letter: DeadLetter,
    { subject, data, once, replayFor }: Republication = {},
  ): Promise<'stored' | 'repeated' | 'taken'> {
    const header = headers();
    for (const [name, value] of Object.entries(letter.headers)) header.set(name, value);
    header.set('Nats-Msg-Id', `replay.${String(letter.sequence)}`);
    if (once === true) header.set('Nats-Expected-Last-Subject-Sequence', '0');
    if (replayFor !== undefined) header.set(REPLAY_FOR_HEADER, replayFor);
    try {
      const ack = await this.connection.jetstream.publish(subject ?? letter.subject, data ?? letter.data, {
        headers: header,
        timeout: PUBLISH_TIMEOUT_MS,
        expect: { streamName: letter.stream },
      });
      return ack.duplicate ? 'repeated' : 'stored';
    } catch (cause) {
      if (once === true && jetStreamCode(cause) === JetStreamErrorCodes.WrongLastSequence) return 'taken';
      throw toMessagingError('Replaying a dead letter', cause);
    }
  }

  /**
   * Throws a letter away for good.
   *
   * @returns false when it was not there
   * @throws MessagingError
   */
  async discard(sequence: number): Promise<boolean> {
    // The server's own words for "not there" differ between an empty stream and a gap.
    if ((await this.find(sequence)) === undefined) return false;
    try {
      return await this.connection.manager.streams.deleteMessage(Streams.DeadLetters, sequence, false);
    } catch (cause) {
      if ((await this.find(sequence)) === undefined) return false;
      throw toMessagingError('Discarding a dead letter', cause);
    }
  }
}

function toDeadLetter({ sequence, storedAt, headers: all, data }: StoredMessage): DeadLetter {
  return {
    sequence,
    storedAt,
    stream: all[DeadLetterHeaders.OriginalStream] ?? '',
    subject: all[DeadLetterHeaders.OriginalSubject] ?? '',
    originalSequence: Number(all[DeadLetterHeaders.OriginalSequence] ?? 0),
    reason: all[DeadLetterHeaders.Reason] ?? '',
    deliveries: Number(all[DeadLetterHeaders.Deliveries] ?? 0),
    consumer: all[DeadLetterHeaders.Consumer] ?? '',
    headers: Object.fromEntries(
      Object.entries(all).filter(([name]) => !OWN_HEADERS.has(name.toLowerCase()) && !/^nats-/i.test(name)),
    ),
    data,
  };
}
