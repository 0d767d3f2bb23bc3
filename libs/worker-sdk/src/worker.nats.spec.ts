import 'reflect-metadata';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Global, Module } from '@nestjs/common';
import type { INestApplicationContext, Provider } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  Buckets,
  parseJson,
  Streams,
  ToolCallFinished,
  ToolCallProgressed,
  ToolDefinition,
} from '@interject/contracts';
import type { ToolCallRequested } from '@interject/contracts';
import { EventPublisher, KvStore, MessagingConnection, StreamReader } from '@interject/messaging';
import type { StoredMessage } from '@interject/messaging';
import { Clock, Log, Metrics, SystemClock } from '@interject/observability';
import { aToolCall, eventually, startNatsServer } from '@interject/testing';
import type { NatsServer } from '@interject/testing';
import { IsString, Length } from 'class-validator';
import { RegisteredTools } from './registration/registered-tools.js';
import { ToolHandler } from './tool-handler.decorator.js';
import type { Tool, ToolCallContext } from './tool.types.js';
import { TOOL_CALL_STRATEGY } from './worker.constants.js';
import { WorkerHealth } from './worker-health.js';
import { WorkerModule } from './worker.module.js';

class ReportArguments {
  @IsString() @Length(1, 80) region!: string;
}

/** What the handlers of all replicas did, and how they end. */
class Desk {
  readonly runs: string[] = [];
  readonly aborted: unknown[] = [];
  readonly release = new Map<string, () => void>();
}

@ToolHandler({
  name: 'build_report',
  description: 'Builds the sales report of a region.',
  arguments: ReportArguments,
  timeoutMs: 60_000,
  onCallEnded: 'cancel',
  concurrency: 5,
})
class BuildReport implements Tool<ReportArguments, { region: string }> {
  constructor(private readonly desk: Desk) {}

  async run({ region }: ReportArguments, call: ToolCallContext): Promise<{ region: string }> {
    this.desk.runs.push(call.toolCallId);
    await call.progress('The figures are in.');
    if (region === 'held') {
      await new Promise<void>((resolve, reject) => {
        this.desk.release.set(call.toolCallId, resolve);
        call.signal.addEventListener('abort', () => {
          this.desk.aborted.push(call.signal.reason);
          reject(call.signal.reason as Error);
        });
      });
    }
    return { region };
  }

  say({ region }: { region: string }): string {
    return `Your ${region} report is ready.`;
  }
}

interface Worker {
  readonly app: INestApplicationContext;
  readonly desk: Desk;
  readonly close: () => Promise<void>;
}

async function startWorker(natsUrl: string, ...more: Provider[]): Promise<Worker> {
  const desk = new Desk();
  const parts: Provider[] = [
    { provide: Log, useValue: Log.silent() },
    { provide: Metrics, useValue: new Metrics() },
    { provide: Clock, useValue: new SystemClock() },
    { provide: Desk, useValue: desk },
  ];
  @Global()
  @Module({ providers: parts, exports: [Log, Metrics, Clock, Desk] })
  class Runtime {}
  const worker = WorkerModule.forRootAsync({ useFactory: () => ({ natsUrl, service: 'reports-worker' }) });
  @Module({ imports: [Runtime, worker], providers: [BuildReport, ...more] })
  class App {}
  const app = await NestFactory.createApplicationContext(App, { logger: false, abortOnError: false });
  const strategy = app.get(TOOL_CALL_STRATEGY);
  await new Promise<void>((resolve, reject) => {
    strategy.listen((error) => {
      if (error === undefined) resolve();
      else reject(error instanceof Error ? error : new Error('the strategy did not start'));
    });
  });
  let closing: Promise<void> | undefined;
  const close = () => (closing ??= strategy.close().then(() => app.close()));
  return { app, desk, close };
}

describe('a worker on a real broker', () => {
  let server: NatsServer;
  const workers: Worker[] = [];

  beforeEach(async () => {
    server = await startNatsServer();
  });
  afterEach(async () => {
    for (const { desk } of workers) for (const release of desk.release.values()) release();
    await Promise.all(workers.splice(0).map(({ close }) => close()));
    await server.dispose();
  });

  async function start(): Promise<Worker> {
    const worker = await startWorker(server.url);
    workers.push(worker);
    return worker;
  }

  async function ask({ app }: Worker, over: Partial<ToolCallRequested>): Promise<ToolCallRequested> {
    const publisher = app.get(EventPublisher);
    const request = aToolCall({ requestedAt: Date.now(), onCallEnded: 'cancel', ...over });
    await publisher.publish(publisher.events.toolCall(request));
    return request;
  }

  async function stored({ app }: Worker, subject: string): Promise<StoredMessage | undefined> {
    return app.get(StreamReader).last(Streams.CallEvents, subject);
  }

  async function resultOf(worker: Worker, { callId, toolCallId }: ToolCallRequested): Promise<ToolCallFinished> {
    const { events } = worker.app.get(EventPublisher);
    const { subject } = events.result({ callId, toolCallId } as ToolCallFinished);
    return eventually(async () => {
      const message = await stored(worker, subject);
      return message && parseJson(ToolCallFinished, message.data);
    });
  }

  it('registers its tools, runs a job, reports progress and stores the result', async () => {
    const worker = await start();
    await eventually(() => worker.app.get(RegisteredTools).isRegistered);
    expect(worker.app.get(WorkerHealth).tools()).toEqual({ status: 'up', names: ['build_report'] });
    expect(await worker.app.get(WorkerHealth).nats()).toEqual({ status: 'up' });
    const entry = await worker.app.get(KvStore).bucket(Buckets.Tools).get('build_report');
    expect(parseJson(ToolDefinition, entry?.value ?? '')).toMatchObject({
      name: 'build_report',
      worker: 'reports-worker',
      onCallEnded: 'cancel',
      parameters: { type: 'object', required: ['region'] },
    });

    const request = await ask(worker, {});
    const result = await resultOf(worker, request);
    expect(result).toMatchObject({
      outcome: 'succeeded',
      text: 'Your north report is ready.',
      data: { region: 'north' },
      attempts: 1,
      requestedAt: request.requestedAt,
    });
    const { events } = worker.app.get(EventPublisher);
    const { subject } = events.progress({ ...request, text: '-', sequence: 1, at: 0 });
    const progress = await stored(worker, subject);
    expect(parseJson(ToolCallProgressed, progress?.data ?? '')).toMatchObject({
      text: 'The figures are in.',
      sequence: 1,
    });
    const metrics = await worker.app.get(Metrics).registry.metrics();
    expect(metrics).toContain('interject_jobs_total{tool="build_report",outcome="succeeded"} 1');
  });

  it('puts a lost registration back', async () => {
    const worker = await start();
    await eventually(() => worker.app.get(RegisteredTools).isRegistered);
    const bucket = worker.app.get(KvStore).bucket(Buckets.Tools);
    await bucket.delete('build_report');
    await eventually(async () => (await bucket.get('build_report')) !== undefined);
  }, 15_000);

  it('cancels a running job when its call ends', async () => {
    const worker = await start();
    const request = await ask(worker, { arguments: { region: 'held' } });
    await eventually(() => worker.desk.release.size === 1);
    const publisher = worker.app.get(EventPublisher);
    await publisher.publish(publisher.events.ended({ callId: request.callId, at: Date.now() }));
    expect(await resultOf(worker, request)).toMatchObject({ outcome: 'cancelled', attempts: 1 });
    expect(worker.desk.aborted).toEqual([expect.objectContaining({ code: 'call-ended' })]);
  });

  it('does not start a queued job whose call ended before any worker was there', async () => {
    const first = await start();
    const publisher = first.app.get(EventPublisher);
    await first.app.get(TOOL_CALL_STRATEGY).close();
    const request = await ask(first, { callId: 'call that ended' });
    await publisher.publish(publisher.events.ended({ callId: request.callId, at: Date.now() }));
    const second = await start();
    expect(await resultOf(second, request)).toMatchObject({ outcome: 'cancelled', attempts: 0 });
    expect(second.desk.runs).toEqual([]);
  });

  it('stores the result after a restart of the broker, without running the job again', async () => {
    const worker = await start();
    const request = await ask(worker, { arguments: { region: 'held' } });
    await eventually(() => worker.desk.release.size === 1);
    await server.stop();
    worker.desk.release.get(request.toolCallId)?.();
    await server.launch();
    expect(await resultOf(worker, request)).toMatchObject({ outcome: 'succeeded' });
    expect(worker.desk.runs).toEqual([request.toolCallId]);
  });

  it('lets another replica run a job that was given back', async () => {
    const first = await start();
    const request = await ask(first, { arguments: { region: 'held' } });
    await eventually(() => first.desk.release.size === 1);
    const second = await start();
    const closed = first.close();
    // The drain waits 8 s for the handler before it aborts it.
    await eventually(() => second.desk.release.size === 1, { timeoutMs: 20_000 });
    await closed;
    expect(first.desk.aborted).toEqual([expect.objectContaining({ code: 'shutdown' })]);
    second.desk.release.get(request.toolCallId)?.();
    expect(await resultOf(second, request)).toMatchObject({ outcome: 'succeeded' });
  }, 40_000);
});

describe('a worker whose tools do not fit', () => {
  it('refuses to start and says what to do', async () => {
    const server = await startNatsServer();
    let connection: MessagingConnection | undefined;
    const capture: Provider = {
      provide: 'CAPTURE',
      inject: [MessagingConnection],
      useFactory: (opened: MessagingConnection) => {
        connection = opened;
      },
    };
    try {
      const twin = { provide: 'TWIN', useClass: BuildReport };
      await expect(startWorker(server.url, twin, capture)).rejects.toThrow(
        'tool "build_report" has 2 handlers (BuildReport and BuildReport): keep one, or give them different names',
      );
    } finally {
      // An app that does not start cannot be closed; a process would exit.
      await connection?.close();
      await server.dispose();
    }
  });
});
