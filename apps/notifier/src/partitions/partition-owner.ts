import { isContractError, Streams, Subjects } from '@interject/contracts';
import type { Checkpoint, StreamName } from '@interject/contracts';
import type {
  AppendLog,
  CoreMessenger,
  OrderedReader,
  Responder,
  StoredMessage,
  StreamReader,
} from '@interject/messaging';
import type { OwnerClock } from '../owner-clock.js';
import { pause } from '../persistent.js';
import type { SpeechSettings } from '@interject/speech';
import { UtteranceLog } from '../utterance-log/utterance-log.js';
import { ActionRunner } from './action-runner.js';
import type { RunnerTools } from './action-runner.js';
import { CallDirectory } from './call-directory.js';
import { CallQuestions } from './call-questions.js';
import { factOf } from './fact-parser.js';
import type { FloorMemory } from './floor-memory.js';
import { LedgerReplay } from './ledger-replay.js';
import type { Lease } from './lease.js';

export interface PartitionTools extends RunnerTools {
  readonly reader: StreamReader;
  readonly appendLog: AppendLog;
  readonly core: CoreMessenger;
  readonly ownerClock: OwnerClock;
  readonly floors: FloorMemory;
  readonly settings: SpeechSettings;
  /** Name of this process in the ledger. */
  readonly owner: string;
  readonly partitions: number;
}

/** Without speech the checkpoint is written this often at most. */
const CHECKPOINT_EVERY_MS = 10_000;
const DRAIN_POLL_MS = 50;
const FACT_STREAMS = [Streams.ToolCalls, Streams.CallEvents, Streams.Floor] as const;

/** Serves the calls of one partition, from the claim of its lease until that is lost or given up. */
export class PartitionOwner {
  private readonly stopping = new AbortController();
  private readonly utteranceLog: UtteranceLog;
  private readonly directory: CallDirectory;
  private readonly runner: ActionRunner;
  private readonly questions: CallQuestions;
  private readonly ledger: LedgerReplay;
  private next: Checkpoint = { toolCalls: 1, callEvents: 1, utterances: 1 };
  private readers: OrderedReader[] = [];
  private responder: Responder | undefined;
  private checkpointTimer: unknown;
  private state: 'replaying' | 'live' | 'stopped' = 'replaying';

  constructor(
    private readonly lease: Lease,
    private readonly tools: PartitionTools,
    private readonly onLost: () => void,
  ) {
    const { partition } = lease;
    const { clock, ownerClock, settings, floors } = tools;
    this.ledger = new LedgerReplay(tools.owner, tools.journal);
    this.utteranceLog = new UtteranceLog({
      ...tools,
      // Another claim by the same process is another writer.
      owner: `${tools.owner}.${String(lease.revision)}`,
      partition,
      checkpoint: () => this.directory.checkpoint({ ...this.next, utterances: this.utteranceLog.lastSequence + 1 }),
      onLost: () => {
        void this.stop();
        this.onLost();
      },
    });
    this.directory = new CallDirectory({
      clock,
      ownerClock,
      settings,
      floors,
      mayBegin: () => lease.maySpeak,
      run: (callId, actions) => {
        this.runner.run(callId, actions);
      },
    });
    this.runner = new ActionRunner(tools, {
      partition,
      utteranceLog: this.utteranceLog,
      signal: this.stopping.signal,
      maySpeak: () => lease.maySpeak && !this.stopping.signal.aborted,
      mayWrite: (callId, sendId) => this.directory.mayWrite(callId, sendId),
      give: (callId, input) => {
        if (this.state === 'live') this.directory.give(callId, input);
      },
    });
    this.questions = new CallQuestions(partition, this.directory, this.runner, tools.memory, (status) => {
      const start = { ...this.next, utterances: this.utteranceLog.lastSequence + 1 };
      if (this.state === 'live') this.directory.take({ kind: 'status', fact: status }, ownerClock.now(), start);
    });
  }

  get partition(): number {
    return this.lease.partition;
  }

  get isLive(): boolean {
    return this.state === 'live';
  }

  get isBusy(): boolean {
    return this.directory.isBusy;
  }

  get callCount(): number {
    return this.directory.size;
  }

  /**
   * Fences the predecessor, replays what still matters, and goes live.
   *
   * @throws MessagingError when NATS cannot be reached; stop it then
   */
  async start(): Promise<void> {
    const startedAt = this.tools.clock.monotonic();
    const checkpoint = await this.utteranceLog.takeOver(() => this.lease.isHeld && !this.stopping.signal.aborted);
    if (checkpoint === undefined) return;
    this.next = checkpoint;
    this.directory.floorSince = await this.tools.reader.createdAt(Streams.Floor);
    await this.replayLedger(checkpoint.utterances);
    await this.replayFacts(checkpoint);
    if (this.stopping.signal.aborted) return;
    this.goLive();
    this.responder = await this.tools.core.respond(Subjects.callsQuery(this.partition), (data) =>
      this.questions.answer(data),
    );
    if (this.stopping.signal.aborted) await this.responder.stop();
    const seconds = (this.tools.clock.monotonic() - startedAt) / 1000;
    this.tools.metrics.takeOver.observe(seconds);
    this.tools.log.info('serving a partition', { partition: this.partition, calls: this.directory.size, seconds });
  }

  /** Sends nothing new, and waits until what is under way has come to its end, at most `limitMs`. */
  async drain(limitMs: number): Promise<void> {
    const deadline = this.tools.clock.monotonic() + limitMs;
    this.directory.drain();
    while (this.state === 'live' && this.directory.isBusy && this.tools.clock.monotonic() < deadline) {
      await pause(DRAIN_POLL_MS, this.stopping.signal);
    }
  }

  /** Drops everything; nothing is said or written from here on. Idempotent. */
  async stop(): Promise<void> {
    if (this.state === 'stopped') return;
    this.state = 'stopped';
    this.stopping.abort();
    this.utteranceLog.close();
    this.directory.clear();
    this.tools.clock.clearTimeout(this.checkpointTimer);
    await Promise.allSettled([...this.readers.map((reader) => reader.stop()), this.responder?.stop()]);
  }

  private goLive(): void {
    this.state = 'live';
    this.directory.goLive();
    this.closeOrphans();
    this.keepCheckpoint();
  }

  private async replayLedger(fromSequence: number): Promise<void> {
    await this.readUntilCaughtUp(Streams.Utterances, Subjects.utterances(this.partition), fromSequence, (message) => {
      // Our own batches come back to us for as long as this reader runs.
      if (this.state === 'replaying') this.takeBatch(message);
    });
    const [reader] = this.readers.splice(0);
    await reader?.stop();
  }

  private async replayFacts(checkpoint: Checkpoint): Promise<void> {
    const { partition } = this;
    const subjects = {
      [Streams.ToolCalls]: [Subjects.toolCallsOfPartition(partition), checkpoint.toolCalls],
      [Streams.CallEvents]: [Subjects.callEventsOfPartition(partition), checkpoint.callEvents],
      [Streams.Floor]: [Subjects.floorOfPartition(partition), 1],
    } as const;
    await Promise.all(
      FACT_STREAMS.map((stream) => {
        const [subject, fromSequence] = subjects[stream];
        return this.readUntilCaughtUp(stream, subject, fromSequence, (message) => {
          this.takeFact(stream, message);
        });
      }),
    );
  }

  private async readUntilCaughtUp(
    stream: StreamName,
    subject: string,
    fromSequence: number,
    onMessage: (message: StoredMessage) => void,
  ): Promise<void> {
    const { signal } = this.stopping;
    let caughtUp: () => void = () => undefined;
    const isCaughtUp = new Promise<void>((resolve) => {
      caughtUp = resolve;
      signal.addEventListener('abort', caughtUp);
    });
    const reader = await this.tools.reader.read({ stream, subject, fromSequence, onMessage, onCaughtUp: caughtUp });
    this.readers.push(reader);
    await isCaughtUp;
    // Stopped meanwhile: the stop did not see this reader.
    if (signal.aborted) await reader.stop();
  }

  private takeBatch({ data, sequence }: StoredMessage): void {
    try {
      this.ledger.take(data);
    } catch (error) {
      if (!isContractError(error)) throw error;
      this.refuse(Streams.Utterances, sequence, error);
    }
  }

  private takeFact(stream: StreamName, message: StoredMessage): void {
    if (this.state === 'stopped') return;
    const start = this.startingAt(stream, message.sequence);
    try {
      const fact = factOf(stream, message, this.partition, this.tools.partitions);
      if (fact !== undefined) this.directory.take(fact, message.storedAt, start, this.ledger.ofCall(fact.fact.callId));
    } catch (error) {
      // It can never be read: the next one counts. The streams keep it for whoever looks.
      if (!isContractError(error) && !(error instanceof RangeError)) throw error;
      this.refuse(stream, message.sequence, error);
    }
  }

  /** Notes how far a stream has been read. @returns where a call that begins with this message starts */
  private startingAt(stream: StreamName, sequence: number): Checkpoint {
    const utterances = this.state === 'live' ? this.utteranceLog.lastSequence + 1 : this.next.utterances;
    const before = { ...this.next, utterances };
    if (stream === Streams.ToolCalls) {
      this.next = { ...this.next, toolCalls: sequence + 1 };
      return { ...before, toolCalls: sequence };
    }
    if (stream === Streams.CallEvents) {
      this.next = { ...this.next, callEvents: sequence + 1 };
      return { ...before, callEvents: sequence };
    }
    return before;
  }

  private refuse(stream: StreamName, sequence: number, error: unknown): void {
    this.tools.metrics.factsRefused.inc({ stream });
    this.tools.log.warn('a message was refused', { stream, sequence, partition: this.partition, error });
  }

  private closeOrphans(): void {
    const knownOf = (callId: string): ReadonlySet<string> =>
      new Set(this.directory.snapshot(callId)?.utterances.map(({ utteranceId }) => utteranceId));
    for (const record of this.ledger.orphans(knownOf, this.tools.ownerClock.now())) {
      this.utteranceLog.append(record, () => undefined);
    }
    this.ledger.clear();
  }

  private keepCheckpoint(): void {
    this.checkpointTimer = this.tools.clock.setTimeout(() => {
      this.utteranceLog.keepCheckpoint();
      this.keepCheckpoint();
    }, CHECKPOINT_EVERY_MS);
  }
}
