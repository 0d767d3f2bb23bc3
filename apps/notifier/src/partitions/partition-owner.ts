import { Streams, Subjects } from '@interject/contracts';
import type { StreamName } from '@interject/contracts';
import type { Responder, StoredMessage } from '@interject/messaging';
import { pause } from '../persistent.js';
import { parseBatch } from '../utterance-log/batch-parser.js';
import type { Inheritance } from '../utterance-log/inheritance.js';
import { UtteranceLog } from '../utterance-log/utterance-log.js';
import { ActionRunner } from './action-runner.js';
import { CallDirectory } from './call-directory.js';
import { CallQuestions } from './call-questions.js';
import { CheckpointWatch } from './checkpoint-watch.js';
import { FactReader } from './fact-reader.js';
import type { Lease } from './lease.js';
import { PartitionOverview } from './partition-overview.js';
import { PartitionReading } from './partition-reading.js';
import { PartitionReplay } from './partition-replay.js';
import type { PartitionTools } from './partition-tools.types.js';
import { ReadPosition } from './read-position.js';
import type { CallStart } from './unread-calls.js';

const DRAIN_POLL_MS = 50;
/** Below `quietMs` (1200): with older facts a caller might have begun to talk. */
const FRESH_WITHIN_MS = 1000;

/** Serves the calls of one partition, from the claim of its lease until that is lost or given up. */
export class PartitionOwner {
  private readonly stopping = new AbortController();
  private readonly utteranceLog: UtteranceLog;
  private readonly directory: CallDirectory;
  private readonly runner: ActionRunner;
  private readonly questions: CallQuestions;
  private readonly overview: PartitionOverview;
  private readonly reading: PartitionReading;
  private readonly facts: FactReader;
  private readonly replay: PartitionReplay;
  private readonly position: ReadPosition;
  private readonly watch: CheckpointWatch;
  /** Another claim by the same process is another writer. */
  private readonly name: string;
  private floorCreatedAt: number | undefined;
  private responder: Responder | undefined;
  private removeListener: (() => void) | undefined;
  private state: 'replaying' | 'live' | 'stopped' = 'replaying';

  constructor(
    private readonly lease: Lease,
    private readonly tools: PartitionTools,
    private readonly onLost: () => void,
  ) {
    this.reading = new PartitionReading(tools.reader, lease.partition, this.stopping.signal);
    this.facts = new FactReader(lease.partition, tools);
    this.name = `${tools.owner}.${String(lease.revision)}`;
    this.utteranceLog = this.openLog();
    this.position = new ReadPosition(() =>
      this.state === 'live' ? this.utteranceLog.lastSequence + 1 : this.watch.firstUtterance,
    );
    this.directory = this.makeDirectory();
    this.replay = new PartitionReplay({
      partition: lease.partition,
      tools,
      signal: this.stopping.signal,
      reading: this.reading,
      directory: this.directory,
      parse: (stream, message) => this.facts.read(stream, message),
      refuse: (stream, sequence, error) => {
        this.facts.refuse(stream, sequence, error);
      },
    });
    this.watch = new CheckpointWatch({
      clock: tools.clock,
      directory: this.directory,
      position: this.position,
      write: (evenIfUnmoved) => {
        this.utteranceLog.keepCheckpoint(evenIfUnmoved);
      },
    });
    this.runner = this.makeRunner();
    this.questions = new CallQuestions(lease.partition, this.directory, this.runner, tools.memory, (status) => {
      if (this.state === 'live') this.directory.take({ kind: 'status', fact: status }, () => this.position.now());
    });
    this.overview = new PartitionOverview({
      partition: lease.partition,
      directory: this.directory,
      speechSwitch: tools.speechSwitch,
      callCount: () => this.callCount,
      renewLog: () => {
        this.utteranceLog.keepCheckpoint(true);
      },
    });
  }

  get partition(): number {
    return this.lease.partition;
  }

  /** The partition is ours, and what is known of its floors is of now. */
  private get maySpeak(): boolean {
    return this.lease.maySpeak && this.tools.reader.lagMs < FRESH_WITHIN_MS;
  }

  get isLive(): boolean {
    return this.state === 'live';
  }

  get isBusy(): boolean {
    return this.directory.isBusy;
  }

  get callCount(): number {
    return this.directory.size + this.replay.unreadCount;
  }

  /** Utterances that are still to be said. */
  get waitingCount(): number {
    return this.directory.waitingCount;
  }

  /**
   * Fences the predecessor, reads what still matters, and goes live: what waits to be said is so at once, calls that are quiet
   * are looked into while others are served.
   *
   * @throws MessagingError when NATS cannot be reached; stop it then
   */
  async start(): Promise<void> {
    const startedAt = this.tools.clock.monotonic();
    const inheritance = await this.utteranceLog.takeOver(() => this.lease.isHeld && !this.stopping.signal.aborted);
    if (inheritance === undefined) return;
    const claimedAt = this.tools.ownerClock.now();
    this.watch.inherit(inheritance);
    await this.tools.replays.run(() => this.readPast(inheritance, claimedAt));
    if (this.stopping.signal.aborted) return;
    this.state = 'live';
    void this.lookIntoAll();
    this.removeListener = this.tools.speechSwitch.onUnmuted(() => {
      this.directory.unmuted();
    });
    this.responder = await this.tools.core.respond(
      Subjects.callsQuery(this.partition),
      (data) => this.overview.answer(data) ?? this.questions.answer(data),
    );
    if (this.stopping.signal.aborted) {
      await this.responder.stop();
      return;
    }
    const seconds = (this.tools.clock.monotonic() - startedAt) / 1000;
    this.tools.metrics.takeOver.observe(seconds);
    this.tools.log.info('serving a partition', {
      partition: this.partition,
      calls: this.callCount,
      carried: inheritance.carried.length,
      factsRead: this.position.now().index,
      seconds,
    });
  }

  /**
   * Whether what is known here still counts although the lease had ended: nobody else has written since, and the broker has
   * not lost the floor, which only a replay mends.
   *
   * @throws MessagingError
   */
  async isUpToDate(): Promise<boolean> {
    const { reader } = this.tools;
    // The claim to the log is still to be written: it finds whoever was faster.
    if (this.floorCreatedAt === undefined) return this.state !== 'stopped';
    const [last, floorCreatedAt] = await Promise.all([
      reader.last(Streams.Utterances, Subjects.utterances(this.partition)),
      reader.createdAt(Streams.Floor),
    ]);
    return (
      floorCreatedAt === this.floorCreatedAt && last !== undefined && parseBatch(last.data).batch.owner === this.name
    );
  }

  /** Sends nothing new, and waits until what is under way has come to its end, at most `limitMs`. */
  async drain(limitMs: number): Promise<void> {
    const deadline = this.tools.clock.monotonic() + limitMs;
    this.directory.drain();
    const isBusy = (): boolean => this.directory.isBusy || this.utteranceLog.isBusy;
    while (this.state === 'live' && isBusy() && this.tools.clock.monotonic() < deadline) {
      await pause(DRAIN_POLL_MS, this.stopping.signal);
    }
  }

  /** Drops everything; nothing is said or written from here on. Idempotent. */
  async stop(): Promise<void> {
    if (this.state === 'stopped') return;
    this.state = 'stopped';
    this.stopping.abort();
    this.removeListener?.();
    this.utteranceLog.close();
    this.directory.clear();
    this.replay.clear();
    this.watch.stop();
    await Promise.allSettled([this.reading.stop(), this.responder?.stop()]);
  }

  /** @param claimedAt when our claim to the log was stored, the owner's clock */
  private async readPast({ checkpoint, carried }: Inheritance, claimedAt: number): Promise<void> {
    const { replay, reading, tools } = this;
    await replay.readLedger(checkpoint.utterances, this.utteranceLog.lastSequence, claimedAt);
    this.floorCreatedAt = await tools.reader.createdAt(Streams.Floor);
    this.directory.floorSince = this.floorCreatedAt + replay.brokerOffset;
    const facts = reading.readFacts(checkpoint, (stream, message) => {
      this.takeFact(stream, message);
    });
    await Promise.all([facts, replay.readCarried(carried)]);
    await replay.sortOut();
  }

  private openLog(): UtteranceLog {
    const { lease, tools } = this;
    return new UtteranceLog({
      ...tools,
      owner: this.name,
      partition: lease.partition,
      onRefused: (code) => {
        tools.metrics.logRefusals.inc({ code });
      },
      checkpoint: () => this.watch.checkpoint,
      list: () => this.watch.list(),
      onListStored: (sequence) => {
        this.watch.listStored(sequence);
      },
      isHeld: () => lease.maySpeak,
      onLost: () => {
        void this.stop();
        this.onLost();
      },
    });
  }

  private makeDirectory(): CallDirectory {
    return new CallDirectory({
      ...this.tools,
      mayBegin: () => this.maySpeak,
      run: (callId, actions) => {
        this.runner.run(callId, actions);
      },
      findUnread: (callId) => {
        this.replay.find(callId);
      },
      nextCallEvent: () => this.position.nextCallEvent,
    });
  }

  private makeRunner(): ActionRunner {
    const { lease, stopping } = this;
    const { speechSwitch } = this.tools;
    return new ActionRunner(this.tools, {
      partition: lease.partition,
      utteranceLog: {
        append: (record, onStored) => {
          this.replay.recorded(record);
          this.utteranceLog.append(record, onStored);
        },
      },
      signal: stopping.signal,
      maySpeak: (callId) => this.maySpeak && !speechSwitch.isMuted(callId) && !stopping.signal.aborted,
      mayWrite: (callId, sendId) => this.directory.mayWrite(callId, sendId),
      give: (callId, input) => {
        if (this.state === 'live') this.directory.give(callId, input);
      },
      onSettled: (callId) => {
        const closed = this.directory.settled(callId);
        if (closed !== undefined) this.utteranceLog.callClosed(closed);
      },
    });
  }

  private takeFact(stream: StreamName, message: StoredMessage): void {
    if (this.state === 'stopped') return;
    this.position.passed(stream, message.sequence);
    this.tools.traces.seen(stream, message);
    // Asked for only by the first message of a call.
    const begins = (): CallStart => this.position.at(stream, message.sequence);
    if (this.state === 'replaying') {
      this.replay.take(stream, message, begins);
      return;
    }
    const fact = this.facts.read(stream, message);
    if (fact !== undefined) this.directory.take(fact, begins, this.replay.recordsOf(fact.fact.callId));
  }

  private async lookIntoAll(): Promise<void> {
    const orphans = await this.replay.lookIntoAll();
    if (this.stopping.signal.aborted) return;
    for (const record of orphans) this.utteranceLog.append(record, () => undefined);
    this.watch.start();
  }
}
