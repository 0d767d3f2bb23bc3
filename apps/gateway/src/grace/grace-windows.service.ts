import { Inject, Injectable } from '@nestjs/common';
import type { BeforeApplicationShutdown } from '@nestjs/common';
import {
  CallEventNames,
  MAX_GRACE_MS,
  parseJson,
  Streams,
  ToolCallFinished,
  toolCallKey,
  ToolCallRequested,
} from '@interject/contracts';
import type { ToolDefinition } from '@interject/contracts';
import { CoreMessenger, EventPublisher, StreamReader } from '@interject/messaging';
import type { Listener } from '@interject/messaging';
import { Log, RecentMap } from '@interject/observability';
import { Clock } from '@interject/runtime';
import { GatewayMetrics } from '../gateway-metrics.js';
import { withTimeLimit } from '../time-limit.js';
import type { ClientConnection } from './client-connection.js';
import { GraceWait } from './grace-wait.js';
import type { Recollection } from './grace-window.types.js';
import { inlineAnswer } from './inline-answer.js';
import { Ledger, LEDGER_LIMIT_MS } from './ledger.service.js';

/** Results that are waited for at a time. Beyond, tool calls are answered "pending" at once: each is a subscription. */
const MAX_WAITS = 5000;

const SHUTDOWN_REPAIR_MS = 2000;

/** Answers that are remembered: a repeat of a webhook comes within seconds of it, and 100 bytes each are cheap. */
const MAX_ANSWERED = 10_000;

/** A sync tool call that is about to be published. */
export interface GraceRequest {
  readonly event: ToolCallRequested;
  readonly tool: ToolDefinition;
  /** How long its own result may take. */
  readonly graceMs: number;
  readonly client: ClientConnection;
}

/** Holds webhooks of sync tools open for their results. */
@Injectable()
export class GraceWindows implements BeforeApplicationShutdown {
  private readonly waits = new Set<GraceWait>();
  private readonly repairs = new Set<Promise<void>>();
  /** Tool calls whose result left here as an answer. */
  private readonly answered = new RecentMap<string, true>(MAX_ANSWERED);
  private readonly shutdown = new AbortController();
  private isEnding = false;

  constructor(
    @Inject(CoreMessenger) private readonly core: CoreMessenger,
    @Inject(StreamReader) private readonly reader: StreamReader,
    @Inject(EventPublisher) private readonly publisher: EventPublisher,
    @Inject(Ledger) private readonly ledger: Ledger,
    @Inject(GatewayMetrics) private readonly metrics: GatewayMetrics,
    @Inject(Clock) private readonly clock: Clock,
    @Inject(Log) private readonly log: Log,
  ) {}

  /** Waits going on. */
  get size(): number {
    return this.waits.size;
  }

  /**
   * Begins to listen for the result. To be called before the tool call is published: a fast worker answers before the
   * acknowledgement does.
   *
   * @throws MessagingError `disconnected`
   */
  open(request: GraceRequest): GraceWait {
    const { event, tool, client } = request;
    const key = toolCallKey(event.callId, event.toolCallId);
    const hasRoom = this.waits.size < MAX_WAITS && !this.isEnding;
    const delayMs = hasRoom ? Math.min(request.graceMs, MAX_GRACE_MS) : 0;
    let listener: Listener | undefined;
    const wait = new GraceWait({
      key,
      client,
      ledger: this.ledger,
      log: this.log,
      recall: () => this.recall(request),
      makeSpoken: (by, revision) => {
        // A webhook and its repeat may wait here both. Whoever hangs up takes nothing back that the other was given; the
        // mark in the ledger, which says so to other replicas, may still be on its way.
        if (this.answered.has(key)) return;
        this.repair(this.ledger.makeSpoken(key, by, revision, this.shutdown.signal));
      },
      markDelivered: (answer, by, revision) => {
        this.answered.set(key, true);
        this.repair(this.ledger.markDelivered(key, answer, by, revision));
      },
      count: (outcome) => {
        this.metrics.graceWindows.inc({ tool: tool.name, outcome });
      },
      onReleased: () => {
        listener?.stop();
        this.clock.clearTimeout(timer);
        this.waits.delete(wait);
      },
    });
    if (hasRoom) {
      listener = this.core.subscribe(this.resultSubject(event), (data) => {
        this.hear(wait, tool, data);
      });
    }
    this.waits.add(wait);
    const timer = this.clock.setTimeout(() => {
      wait.end();
    }, delayMs);
    return wait;
  }

  /** The gateway shuts down: whoever still waits is answered "pending" now, and so is whoever comes. */
  endAll(): void {
    this.isEnding = true;
    for (const wait of [...this.waits]) wait.end();
  }

  /** While NATS is still there: claims that have to be withdrawn. */
  async beforeApplicationShutdown(): Promise<void> {
    const timer = this.clock.setTimeout(() => {
      this.shutdown.abort();
    }, SHUTDOWN_REPAIR_MS);
    await Promise.all(this.repairs);
    this.clock.clearTimeout(timer);
  }

  private hear(wait: GraceWait, tool: ToolDefinition, data: Uint8Array): void {
    try {
      wait.resultCame(inlineAnswer(parseJson(ToolCallFinished, data), tool));
    } catch (error) {
      // The notifier makes a dead letter of it.
      this.log.warn('a result was not understood', { tool: tool.name, error });
    }
  }

  private async recall({ event, tool }: GraceRequest): Promise<Recollection> {
    const { callId, toolCallId } = event;
    const toolCall = this.publisher.events.toolCall(event).subject;
    const reading = Promise.all([
      this.reader.last(Streams.ToolCalls, toolCall),
      this.reader.last(Streams.CallEvents, this.resultSubject(event)),
    ]);
    const [claim, [request, result]] = await Promise.all([
      this.ledger.look(toolCallKey(callId, toolCallId)),
      withTimeLimit(this.clock, reading, LEDGER_LIMIT_MS),
    ]);
    const first = request === undefined ? undefined : parseJson(ToolCallRequested, request.data);
    return {
      hasGrace: first?.mode === 'sync' && first.graceMs > 0,
      ...(claim === undefined ? {} : { claim }),
      ...(result === undefined ? {} : { answer: inlineAnswer(parseJson(ToolCallFinished, result.data), tool) }),
    };
  }

  private resultSubject(event: ToolCallRequested): string {
    return this.publisher.events.subjectOf(CallEventNames.Result, event);
  }

  private repair(work: Promise<void>): void {
    this.repairs.add(work);
    void work.finally(() => this.repairs.delete(work));
  }
}
