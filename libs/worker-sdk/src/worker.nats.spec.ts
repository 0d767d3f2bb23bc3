import 'reflect-metadata';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Global, Module } from '@nestjs/common';
import type { INestApplicationContext, Provider } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  Buckets,
  callEventDurable,
  parseJson,
  Streams,
  Subjects,
  ToolCallFinished,
  ToolCallProgressed,
  ToolDefinition,
  UtteranceUndelivered,
  WorkerHeartbeat,
} from '@interject/contracts';
import type { ToolCallRequested } from '@interject/contracts';
import { EventPublisher, KvStore, MessagingConnection, StreamReader } from '@interject/messaging';
import type { StoredMessage } from '@interject/messaging';
import { Clock, Log, Metrics, SystemClock } from '@interject/observability';
import { aToolCall, eventually, startNatsServer } from '@interject/testing';
import type { NatsServer } from '@interject/testing';
import { IsString, Length } from 'class-validator';
import { CallEventHandler } from './call-events/call-event-handler.decorator.js';
import type { CallEventContext, CallEventListener } from './call-events/call-event.types.js';
import { LiveReplicas } from './registration/live-replicas.js';
import { RegisteredTools } from './registration/registered-tools.js';
import { NonRetryableError } from './tool-errors.js';
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

/** Which events the handlers of all replicas were given, and what they do with them. */
class Events {
  readonly seen: { event: UtteranceUndelivered; attempt: number; key: string; by: Events }[] = [];
  does: (event: UtteranceUndelivered, context: CallEventContext) => Promise<void> = async () => undefined;
}

@CallEventHandler({ event: 'undelivered', retry: { attempts: 3, backoffMs: 100 } })
class FollowUp implements CallEventListener<'undelivered'> {
  constructor(private readonly events: Events) {}

  async handle(event: UtteranceUndelivered, context: CallEventContext): Promise<void> {
    const { attempt, idempotencyKey: key } = context;
    this.events.seen.push({ event, attempt, key, by: this.events });
    await this.events.does(event, context);
  }
}

interface Worker {
  readonly app: INestApplicationContext;
  readonly desk: Desk;
  readonly events: Events;
  readonly close: () => Promise<void>;
}

async function startWorker(natsUrl: string, handlers: Provider[]): Promise<Worker> {
  const desk = new Desk();
  const events = new Events();
  const parts: Provider[] = [
    { provide: Log, useValue: Log.silent() },
    { provide: Metrics, useValue: new Metrics() },
    { provide: Clock, useValue: new SystemClock() },
    { provide: Desk, useValue: desk },
    { provide: Events, useValue: events },
  ];
  @Global()
  @Module({ providers: parts, exports: [Log, Metrics, Clock, Desk, Events] })
  class Runtime {}
  const worker = WorkerModule.forRootAsync({ useFactory: () => ({ natsUrl, service: 'reports-worker' }) });
  @Module({ imports: [Runtime, worker], providers: handlers })
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
  return { app, desk, events, close };
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

  async function start(...handlers: Provider[]): Promise<Worker> {
    const worker = await startWorker(server.url, handlers.length === 0 ? [BuildReport] : handlers);
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

  it('says that it lives, and takes that back when it stops', async () => {
    const [first, second] = await Promise.all([start(), start()]);
    const bucket = second.app.get(KvStore).bucket(Buckets.Workers);
    const entries = async () => Promise.all((await bucket.keys()).map((key) => bucket.get(key)));
    const version = await eventually(async () => {
      const entry = await second.app.get(KvStore).bucket(Buckets.Tools).get('build_report');
      return entry && parseJson(ToolDefinition, entry.value).version;
    });
    await eventually(async () => (await entries()).length === 2);
    for (const entry of await entries()) {
      expect(parseJson(WorkerHeartbeat, entry?.value ?? '')).toMatchObject({
        worker: 'reports-worker',
        replica: entry?.key,
        tools: [{ name: 'build_report', version }],
      });
    }
    await eventually(() => second.app.get(LiveReplicas).of('build_report') === 2);
    await first.close();
    expect(await entries()).toHaveLength(1);
    await eventually(() => second.app.get(LiveReplicas).of('build_report') === 1);
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

  it('lets a job finish after the end of its call if its tool wants that', async () => {
    const worker = await start();
    const kept = await ask(worker, { toolCallId: 'kept', onCallEnded: 'finish', arguments: { region: 'held' } });
    const dropped = await ask(worker, { toolCallId: 'dropped', arguments: { region: 'held' } });
    await eventually(() => worker.desk.release.size === 2);
    const publisher = worker.app.get(EventPublisher);
    await publisher.publish(publisher.events.ended({ callId: kept.callId, at: Date.now() }));
    // The end has been heard by now.
    expect(await resultOf(worker, dropped)).toMatchObject({ outcome: 'cancelled' });
    expect(worker.desk.aborted).toHaveLength(1);
    worker.desk.release.get(kept.toolCallId)?.();
    expect(await resultOf(worker, kept)).toMatchObject({ outcome: 'succeeded', text: 'Your held report is ready.' });
  });

  describe('with handlers of call events', () => {
    async function tell(from: Worker, ...utteranceIds: string[]): Promise<void> {
      const publisher = from.app.get(EventPublisher);
      for (const utteranceId of utteranceIds) {
        const event = { callId: 'c', utteranceId, reason: 'call-ended', text: 'Done.', at: Date.now() } as const;
        await publisher.publish(publisher.events.undelivered(event));
      }
    }

    async function pending(from: Worker): Promise<number> {
      const durable = callEventDurable('reports-worker', 'undelivered');
      const info = await from.app.get(MessagingConnection).manager.consumers.info(Streams.CallEvents, durable);
      return info.num_ack_pending + info.num_pending;
    }

    it('needs no tools, and begins with what happens from its first start on', async () => {
      const other = await start();
      await tell(other, 'before');
      const worker = await start(FollowUp);
      await eventually(() => worker.app.get(WorkerHealth).tools().status === 'up');
      expect(worker.app.get(WorkerHealth).tools().names).toEqual([]);
      await tell(other, 'after');
      await eventually(() => worker.events.seen.length === 1);
      await eventually(async () => (await pending(other)) === 0);
      expect(worker.events.seen).toMatchObject([{ event: { utteranceId: 'after' }, attempt: 1, key: 'after' }]);
      const metrics = await worker.app.get(Metrics).registry.metrics();
      expect(metrics).toContain('interject_call_event_handlings_total{event="undelivered",outcome="handled"} 1');
    });

    it('shares the events among replicas, and hands over what came while none was there', async () => {
      const other = await start();
      const replicas = [await start(FollowUp), await start(FollowUp)];
      const ids = Array.from({ length: 40 }, (_, i) => `u${String(i)}`);
      // Slow, so that one cannot take all.
      for (const { events } of replicas) events.does = () => new Promise((resolve) => setTimeout(resolve, 20));
      await tell(other, ...ids);
      await eventually(
        () => replicas[0] && replicas[1] && replicas[0].events.seen.length + replicas[1].events.seen.length === 40,
      );
      const seen = replicas.flatMap(({ events }) => events.seen.map(({ event }) => event.utteranceId));
      expect([...seen].sort()).toEqual([...ids].sort());
      await eventually(async () => (await pending(other)) === 0);
      for (const { close } of replicas) await close();
      await tell(other, 'nobody-there');
      const next = await start(FollowUp);
      await eventually(() => next.events.seen.length === 1);
      expect(next.events.seen[0]?.event.utteranceId).toBe('nobody-there');
    });

    it('tries again, and keeps what nobody could deal with as a dead letter', async () => {
      const worker = await start(FollowUp);
      worker.events.does = async ({ utteranceId }, { attempt }) => {
        if (utteranceId === 'flaky' && attempt < 3) throw new Error('away');
        if (utteranceId === 'hopeless') throw new Error('away');
        if (utteranceId === 'refused') throw new NonRetryableError('no', { code: 'number-unknown' });
      };
      await tell(worker, 'flaky', 'hopeless', 'refused');
      await eventually(async () => worker.events.seen.length >= 7 && (await pending(worker)) === 0);
      const attempts = worker.events.seen.map(({ event, attempt }) => `${event.utteranceId}#${String(attempt)}`);
      expect(attempts.sort()).toEqual(
        ['flaky#1', 'flaky#2', 'flaky#3', 'hopeless#1', 'hopeless#2', 'hopeless#3', 'refused#1'].sort(),
      );
      const reader = worker.app.get(StreamReader);
      for (const [reason, utteranceId] of [
        ['handler-failed', 'hopeless'],
        ['number-unknown', 'refused'],
      ] as const) {
        const letter = await reader.last(Streams.DeadLetters, Subjects.deadLetter('call-events', reason));
        expect(parseJson(UtteranceUndelivered, letter?.data ?? '')).toMatchObject({ utteranceId });
        expect(letter?.headers).toMatchObject({ 'interject-consumer': 'reports-worker-undelivered' });
      }
    });

    it('finishes what it is at before it stops, and takes no more', async () => {
      const other = await start();
      const worker = await start(FollowUp);
      let release: () => void = () => undefined;
      let isDone = false;
      worker.events.does = async () => {
        await new Promise<void>((resolve) => (release = resolve));
        isDone = true;
      };
      await tell(other, 'held');
      await eventually(() => worker.events.seen.length === 1);
      const closed = worker.close();
      await tell(other, 'late');
      release();
      await closed;
      expect(isDone).toBe(true);
      expect(worker.events.seen).toHaveLength(1);
      const next = await start(FollowUp);
      await eventually(() => next.events.seen.length > 0);
      await eventually(async () => (await pending(other)) === 0);
      expect(next.events.seen.map(({ event }) => event.utteranceId)).toEqual(['late']);
    });
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
      await expect(startWorker(server.url, [BuildReport, twin, capture])).rejects.toThrow(
        'tool "build_report" has 2 handlers (BuildReport and BuildReport): keep one, or give them different names',
      );
    } finally {
      // An app that does not start cannot be closed; a process would exit.
      await connection?.close();
      await server.dispose();
    }
  });

  it('refuses to start without any handler', async () => {
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
      await expect(startWorker(server.url, [capture])).rejects.toThrow(
        'no handler was found: decorate a class with @ToolHandler or @CallEventHandler',
      );
    } finally {
      await connection?.close();
      await server.dispose();
    }
  });
});
