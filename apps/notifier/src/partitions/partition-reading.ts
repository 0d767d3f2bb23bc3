import { Streams, Subjects } from '@interject/contracts';
import type { Checkpoint, StreamName } from '@interject/contracts';
import type { OrderedReader, StoredMessage, StreamReader } from '@interject/messaging';

const FACT_STREAMS = [Streams.ToolCalls, Streams.CallEvents, Streams.Floor] as const;

/** Reads the streams of one partition: to their ends, and then on. */
export class PartitionReading {
  private readonly readers: OrderedReader[] = [];

  constructor(
    private readonly reader: Pick<StreamReader, 'read'>,
    private readonly partition: number,
    /** Aborted: what waits for an end settles. */
    private readonly signal: AbortSignal,
  ) {}

  /** The utterance log from `fromSequence` to its end, and no further. @throws MessagingError */
  async readLedger(fromSequence: number, onMessage: (message: StoredMessage) => void): Promise<void> {
    let isOver = false;
    const reader = await this.toTheEnd(
      Streams.Utterances,
      Subjects.utterances(this.partition),
      fromSequence,
      (message) => {
        // Our own batches come back to us for as long as this reader runs.
        if (!isOver) onMessage(message);
      },
    );
    isOver = true;
    await reader.stop();
  }

  /** All facts from `from`; settles when what is stored was handed over, and hands over what comes. @throws MessagingError */
  async readFacts(from: Checkpoint, onMessage: (stream: StreamName, message: StoredMessage) => void): Promise<void> {
    const { partition } = this;
    const subjects = {
      [Streams.ToolCalls]: [Subjects.toolCallsOfPartition(partition), from.toolCalls],
      [Streams.CallEvents]: [Subjects.callEventsOfPartition(partition), from.callEvents],
      [Streams.Floor]: [Subjects.floorOfPartition(partition), 1],
    } as const;
    await Promise.all(
      FACT_STREAMS.map((stream) => {
        const [subject, fromSequence] = subjects[stream];
        return this.toTheEnd(stream, subject, fromSequence, (message) => {
          onMessage(stream, message);
        });
      }),
    );
  }

  async stop(): Promise<void> {
    await Promise.allSettled(this.readers.map((reader) => reader.stop()));
  }

  private async toTheEnd(
    stream: StreamName,
    subject: string,
    fromSequence: number,
    onMessage: (message: StoredMessage) => void,
  ): Promise<OrderedReader> {
    const { signal } = this;
    let caughtUp: () => void = () => undefined;
    const isCaughtUp = new Promise<void>((resolve) => {
      caughtUp = resolve;
      signal.addEventListener('abort', caughtUp);
    });
    const reader = await this.reader.read({ stream, subject, fromSequence, onMessage, onCaughtUp: caughtUp });
    this.readers.push(reader);
    await isCaughtUp;
    signal.removeEventListener('abort', caughtUp);
    // Stopped meanwhile: the stop did not see this reader.
    if (signal.aborted) await reader.stop();
    return reader;
  }
}
