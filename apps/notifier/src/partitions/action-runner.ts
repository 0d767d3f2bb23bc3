import type { EventPublisher } from '@interject/messaging';
import type { Clock, Log } from '@interject/observability';
import type { CallAction, CallInput, CallSnapshot, PostOutcome, SpeechMessage } from '@interject/speech';
import type { Bookkeeping } from '../delivery/bookkeeping.js';
import type { CallMemory } from '../delivery/call-memory.js';
import type { CallSender } from '../delivery/call-sender.js';
import type { ControlUrls } from '../delivery/control-urls.js';
import type { PostJournal } from '../delivery/post-journal.js';
import type { NotifierMetrics } from '../notifier-metrics.js';
import type { Lane } from '../lane.js';
import { persistently } from '../persistent.js';
import type { SeldomLog } from '../seldom-log.js';
import type { SpeechTraces } from '../tracing/speech-traces.js';
import type { UtteranceLog } from '../utterance-log/utterance-log.js';
import { isClaimGivenUp } from './claim-patience.js';
import { emptyAnswerTo } from './empty-answer.js';
import type { Question } from './empty-answer.js';

export interface RunnerTools {
  readonly sender: CallSender;
  readonly urls: ControlUrls;
  readonly memory: CallMemory;
  readonly journal: PostJournal;
  readonly bookkeeping: Bookkeeping;
  /** Bounds what the process asks NATS at a time on account of calls. */
  readonly questions: Lane;
  /** The same for Vapi, which may take seconds. */
  readonly lookups: Lane;
  readonly seldomLog: SeldomLog;
  readonly publisher: EventPublisher;
  readonly metrics: NotifierMetrics;
  readonly traces: SpeechTraces;
  readonly clock: Clock;
  readonly log: Log;
}

export interface RunnerPartition {
  readonly partition: number;
  readonly utteranceLog: Pick<UtteranceLog, 'append'>;
  /** Ends all that is still under way: ownership is gone. */
  readonly signal: AbortSignal;
  /** The lease was renewed recently enough to speak, and speech is not switched off in this call. */
  readonly maySpeak: (callId: string) => boolean;
  readonly give: (callId: string, input: CallInput) => void;
  /** Asks the call's machine whether the moment for a POST is still there. */
  readonly mayWrite: (callId: string, sendId: number) => boolean;
  /** All that had to be stored of a call that is over is stored. */
  readonly onSettled: (callId: string) => void;
}

/** A `sending` record older than this does not allow its POST any more. DESIGN "Utterance log". */
const SENDING_VALID_MS = 1000;

/** Carries out what the calls' machines decide, and hands them the answers. */
export class ActionRunner {
  /** Ended calls whose summary is not stored yet. */
  private readonly closing = new Map<string, CallSnapshot>();
  /** What is yet to be stored of calls, and which of them are closed. */
  private readonly unkept = new Map<string, number>();
  private readonly closed = new Set<string>();

  constructor(
    private readonly tools: RunnerTools,
    private readonly partition: RunnerPartition,
  ) {}

  /** State of a call that has just ended. */
  closingSnapshot(callId: string): CallSnapshot | undefined {
    return this.closing.get(callId);
  }

  run(callId: string, actions: readonly CallAction[]): void {
    for (const action of actions) this.runOne(callId, action);
  }

  private runOne(callId: string, action: CallAction): void {
    switch (action.kind) {
      case 'append':
        this.append(callId, action);
        return;
      case 'post':
        void this.post(callId, action);
        return;
      case 'post-context':
        void this.send(callId, action.message, () => this.partition.maySpeak(callId));
        return;
      case 'limit-near':
        this.tools.metrics.limitsNear.inc({ limit: action.limit });
        this.tools.log.warn('Vapi is about to end a call by its timer while a tool call is pending', {
          callId,
          limit: action.limit,
        });
        return;
      case 'write-summary':
        void this.keepSummary(callId, action.summary);
        return;
      case 'purge-control-url':
        void this.keep(callId, action.kind, () => this.tools.urls.purge(callId));
        return;
      case 'close':
        this.tools.urls.forget(callId);
        this.closed.add(callId);
        this.settle(callId);
        return;
      case 'publish-undelivered':
        void this.publishUndelivered(callId, action);
        return;
      case 'publish-result': {
        const { publisher, traces } = this.tools;
        const header = traces.headerForResult(action.data);
        void this.persist(action.kind, () => publisher.publish(publisher.events.result(action.data), header));
        return;
      }
      default:
        void this.ask(callId, action);
    }
  }

  private append(callId: string, { record, settlement }: Extract<CallAction, { kind: 'append' }>): void {
    const { utteranceId, state, final } = record;
    this.partition.utteranceLog.append(record, (waitedMs) => {
      // Not before it is stored: until then the ledger may still say `sending` of what was said.
      if (state !== 'sending') this.tools.journal.settled([utteranceId]);
      if (settlement !== undefined) this.tools.metrics.settled(record, settlement);
      this.tools.traces.recorded(record);
      const isStale = waitedMs > SENDING_VALID_MS || !this.partition.maySpeak(callId);
      const isFinal = final === undefined ? {} : { final };
      this.partition.give(callId, { kind: 'recorded', utteranceId, state, isStale, ...isFinal });
    });
  }

  private async post(callId: string, action: Extract<CallAction, { kind: 'post' }>): Promise<void> {
    const { sendId, utteranceIds, message } = action;
    const { clock, journal, traces } = this.tools;
    const spans = traces.posting(utteranceIds);
    const recordedAt = clock.monotonic();
    // Asked before the connection is made, and again when it stands: that may take seconds.
    const maySend = (): boolean => this.partition.maySpeak(callId) && this.partition.mayWrite(callId, sendId);
    let isWritten = false;
    const outcome = await this.send(callId, message, maySend, () => {
      if (!maySend() || clock.monotonic() - recordedAt > SENDING_VALID_MS) return false;
      isWritten = true;
      journal.wrote(utteranceIds);
      return true;
    });
    spans?.answered(outcome);
    if (isWritten && (outcome === 'throttled' || outcome === 'unreachable')) journal.settled(utteranceIds);
    this.partition.give(callId, { kind: 'post-outcome', sendId, outcome });
  }

  private async send(
    callId: string,
    message: SpeechMessage,
    maySend: () => boolean,
    mayWrite: () => boolean = maySend,
  ): Promise<PostOutcome> {
    try {
      return await this.tools.sender.send(callId, message, maySend, mayWrite);
    } catch (error) {
      // Not expected: whether it was said cannot be told.
      this.tools.log.error('a POST failed in an unforeseen way', { callId, error });
      return 'unknown';
    }
  }

  private async publishUndelivered(
    callId: string,
    { data }: Extract<CallAction, { kind: 'publish-undelivered' }>,
  ): Promise<void> {
    const { publisher, traces } = this.tools;
    const header = traces.headerFor(data);
    await this.persist('publish-undelivered', () => publisher.publish(publisher.events.undelivered(data), header));
    this.partition.give(callId, { kind: 'published', utteranceId: data.utteranceId });
  }

  private async keepSummary(callId: string, summary: CallSnapshot): Promise<void> {
    this.closing.set(callId, summary);
    await this.keep(callId, 'write-summary', () => this.tools.memory.keepSummary(summary));
    if (this.closing.get(callId) === summary) this.closing.delete(callId);
  }

  private async keep(callId: string, what: CallAction['kind'], write: () => Promise<void>): Promise<void> {
    this.unkept.set(callId, (this.unkept.get(callId) ?? 0) + 1);
    await this.tools.bookkeeping.keep(what, this.partition.signal, write);
    this.unkept.set(callId, (this.unkept.get(callId) ?? 1) - 1);
    this.settle(callId);
  }

  private settle(callId: string): void {
    if ((this.unkept.get(callId) ?? 0) > 0) return;
    this.unkept.delete(callId);
    if (this.closed.delete(callId) && !this.partition.signal.aborted) this.partition.onSettled(callId);
  }

  private async ask(callId: string, action: Question): Promise<void> {
    const askedAt = this.tools.clock.monotonic();
    const answer = await this.persist(action.kind, () => this.answerTo(callId, action, askedAt));
    if (answer !== undefined) this.partition.give(callId, answer);
    // Given up: what is stored cannot be read. The machine must not wait for ever.
    else if (!this.partition.signal.aborted) this.partition.give(callId, emptyAnswerTo(action));
  }

  private async answerTo(callId: string, action: Question, askedAt: number): Promise<CallInput> {
    const { memory } = this.tools;
    const { partition } = this.partition;
    switch (action.kind) {
      case 'look-up-call':
        return { kind: 'call-looked-up', answer: await memory.hasEnded(partition, callId) };
      case 'recall-call': {
        const [status, ended] = await Promise.all([memory.status(partition, callId), memory.ended(partition, callId)]);
        return {
          kind: 'call-recalled',
          ...(status === undefined ? {} : { status }),
          ...(ended === undefined ? {} : { ended }),
        };
      }
      case 'recall-tool-call': {
        const { tool, toolCallId } = action;
        const fact = await memory.toolCall(partition, callId, tool, toolCallId);
        return { kind: 'tool-call-recalled', toolCallId, ...(fact === undefined ? {} : { fact }) };
      }
      case 'find-claim':
        return this.findClaim(callId, action, askedAt);
    }
  }

  private async findClaim(
    callId: string,
    { toolCallId, isClaiming }: Extract<CallAction, { kind: 'find-claim' }>,
    askedAt: number,
  ): Promise<CallInput> {
    const { memory, clock, log, metrics } = this.tools;
    try {
      return { kind: 'claim-found', toolCallId, claim: await memory.claim(callId, toolCallId, isClaiming) };
    } catch (error) {
      if (!isClaimGivenUp(error, clock.monotonic() - askedAt)) throw error;
      metrics.unclaimedResults.inc();
      log.error('the ledger does not take claims: a result is decided on without one', { callId, isClaiming, error });
      // After a mere look it is asked again, or was found claimed before; after this question it is said.
      return { kind: 'claim-found', toolCallId, claim: isClaiming ? 'spoken' : 'none' };
    }
  }

  private persist<T>(what: CallAction['kind'], run: () => Promise<T>): Promise<T | undefined> {
    const { questions, lookups, seldomLog } = this.tools;
    const lane = what === 'look-up-call' ? lookups : questions;
    return persistently(what, this.partition.signal, seldomLog, () => lane.run(run));
  }
}
