import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Buckets, callToken, parseJson, partitionOf, Streams, Subjects, UtteranceBatch } from '@interject/contracts';
import type { FloorChange, FloorSpeaker, SpeechPlan, UtteranceRecord } from '@interject/contracts';
import { openMessaging } from '@interject/messaging/testing';
import type { MessagingKit } from '@interject/messaging/testing';
import { Log, Metrics, SystemClock } from '@interject/observability';
import type { Tracer } from '@interject/observability';
import { aResult, aToolCall } from '@interject/testing';
import { ControlClient } from '@interject/vapi';
import { assembleOwnership } from './assemble-ownership.js';
import { NotifierMetrics } from './notifier-metrics.js';
import type { Ownership } from './partitions/ownership.js';
import type { SpeechSettings } from '@interject/speech';

/** Short, so that the suites are. */
export const QUICK: SpeechSettings = {
  quietMs: 100,
  replyGraceMs: 200,
  maxHoldMs: 3000,
  blindHoldMs: 150,
  confirmMs: 1500,
  characterMs: 65,
};

export interface ControlPost {
  readonly callId: string;
  readonly body: Readonly<Record<string, unknown>>;
  readonly at: number;
}

/** A control endpoint as Vapi's, on this machine. */
export class ControlEndpoint {
  readonly posts: ControlPost[] = [];
  /** What it does with a POST; default 200 at once. */
  onPost: (post: ControlPost, respond: (status: number) => void) => void = (_post, respond) => {
    respond(200);
  };
  private constructor(private readonly server: Server) {}

  static async start(): Promise<ControlEndpoint> {
    const server = createServer();
    const endpoint = new ControlEndpoint(server);
    server.on('request', (request, response) => {
      void endpoint.take(request, response);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return endpoint;
  }

  get origin(): string {
    return `http://127.0.0.1:${String((this.server.address() as AddressInfo).port)}`;
  }

  /** What was to be said in a call. */
  said(callId: string): unknown[] {
    return this.posts
      .filter((post) => post.callId === callId && post.body['type'] === 'say')
      .map((post) => post.body['content']);
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = JSON.parse(Buffer.concat(chunks).toString()) as Record<string, unknown>;
    const post = { callId: request.url?.split('/')[1] ?? '', body, at: Date.now() };
    this.posts.push(post);
    this.onPost(post, (status) => response.writeHead(status, { connection: 'close' }).end('{}'));
  }
}

export interface RunningNotifier {
  readonly ownership: Ownership;
  readonly kit: MessagingKit;
  readonly metrics: Metrics;
  /** As a SIGTERM would. */
  stop(): Promise<void>;
  /** As a kill -9 would: its connection is gone, nothing is given back. */
  crash(): Promise<void>;
}

export async function startNotifier(
  url: string,
  endpoint: ControlEndpoint,
  settings = QUICK,
  tracer?: Tracer,
): Promise<RunningNotifier> {
  const kit = await openMessaging({ url });
  const metrics = new Metrics();
  const control = new ControlClient({ allowedOrigins: [endpoint.origin], timeoutMs: 2000 });
  const ownership = assembleOwnership({
    ...kit,
    notifier: randomUUID(),
    settings,
    control,
    metrics: new NotifierMetrics(metrics),
    ...(tracer === undefined ? {} : { tracer }),
    clock: new SystemClock(),
    log: Log.silent(),
  });
  await ownership.start();
  const end = async (): Promise<void> => {
    await ownership.stop();
    await control.close();
    await kit.close();
  };
  return {
    ownership,
    kit,
    metrics,
    stop: end,
    crash: async () => {
      await kit.close();
      // Only so that no timer outlives the test: without a connection it can tell nobody.
      void end();
    },
  };
}

/** Plays gateway and workers for one call. */
export class PlayedCall {
  readonly callId = randomUUID();

  constructor(
    private readonly kit: MessagingKit,
    private readonly endpoint: ControlEndpoint,
  ) {}

  get partition(): number {
    return partitionOf(this.callId, this.kit.publisher.events.partitions);
  }

  async begin(): Promise<void> {
    const controlUrl = `${this.endpoint.origin}/${this.callId}/control`;
    await this.kit.kv
      .bucket(Buckets.Control)
      .put(callToken(this.callId), JSON.stringify({ callId: this.callId, controlUrl }));
    await this.kit.publisher.publish(
      this.kit.publisher.events.status({ callId: this.callId, status: 'in-progress', at: Date.now() }),
    );
  }

  async toolCall(toolCallId: string): Promise<void> {
    const { publisher } = this.kit;
    await publisher.publish(
      publisher.events.toolCall(aToolCall({ callId: this.callId, toolCallId, requestedAt: Date.now() })),
    );
  }

  /** @param traceparent header of the event */
  async result(toolCallId: string, text: string, speech?: SpeechPlan, traceparent?: string): Promise<void> {
    const { publisher } = this.kit;
    const now = Date.now();
    const fact = aResult({
      callId: this.callId,
      toolCallId,
      text,
      at: now,
      requestedAt: now,
      ...(speech ? { speech } : {}),
    });
    await publisher.publish(publisher.events.result(fact), traceparent === undefined ? {} : { traceparent });
  }

  floor(speaker: FloorSpeaker, change: FloorChange): void {
    const { publisher } = this.kit;
    const now = Date.now();
    publisher.publishUnconfirmed(
      publisher.events.floor({ callId: this.callId, speaker, change, at: now, receivedAt: now }),
    );
  }

  async end(): Promise<void> {
    const { publisher } = this.kit;
    await publisher.publish(
      publisher.events.ended({ callId: this.callId, at: Date.now(), endedReason: 'customer-ended-call' }),
    );
  }

  /** Everything in the ledger about this call, oldest first. */
  async records(): Promise<UtteranceRecord[]> {
    const records: UtteranceRecord[] = [];
    await this.batches((batch) => records.push(...batch.records.filter(({ callId }) => callId === this.callId)));
    return records;
  }

  async states(): Promise<string[]> {
    return (await this.records()).map(({ toolCallId, state }) => `${toolCallId ?? ''} ${state}`);
  }

  async query(): Promise<Record<string, unknown>> {
    const request = JSON.stringify({ callId: this.callId });
    const answer = await this.kit.core.request(Subjects.callsQuery(this.partition), request, 500);
    return JSON.parse(Buffer.from(answer).toString()) as Record<string, unknown>;
  }

  private async batches(take: (batch: UtteranceBatch) => void): Promise<void> {
    await this.kit.reader.each(Streams.Utterances, Subjects.utterances(this.partition), ({ data }) => {
      take(parseJson(UtteranceBatch, data));
    });
  }
}
