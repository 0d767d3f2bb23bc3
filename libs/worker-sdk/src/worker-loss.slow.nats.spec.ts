import 'reflect-metadata';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { parseJson, Streams, Subjects, ToolCallFinished, watchdogMs, workerDurable } from '@interject/contracts';
import type { ToolCallRequested } from '@interject/contracts';
import type { DeliveryContext } from '@interject/messaging';
import { openMessaging } from '@interject/messaging/testing';
import type { MessagingKit } from '@interject/messaging/testing';
import { Log, SystemClock } from '@interject/observability';
import { aToolCall, eventually, startNatsServer } from '@interject/testing';
import type { NatsServer } from '@interject/testing';
import { CalledBackWatch } from './callbacks/called-back-watch.js';
import { compileTools } from './definition/compile-tools.js';
import { handlerRegistration } from './definition/handler-registration.js';
import { ToolCallExecution } from './execution/tool-call-execution.js';
import { NoArguments } from './no-arguments.js';
import type { ToolCallContext, ToolHandlerOptions } from './tool.types.js';
import { CallEventsWatch } from './watch/call-events-watch.js';

const TOOL = 'build_report';
const SECRET = 'a secret of this test';
/** A lease runs out after 4 s. */
const LEASES = { timeoutMs: 25_000 };

type Run = (call: ToolCallContext) => unknown;

/** What a worker process is made of, so that it can be cut off as `kill -9` does: nothing of it is heard any more. */
interface Replica {
  readonly kit: MessagingKit;
  readonly counts: number[];
  kill(): Promise<void>;
}

const hang: Run = () => new Promise(() => undefined);

describe('a worker that is lost', () => {
  let server: NatsServer;
  let gateway: MessagingKit;
  const replicas: Replica[] = [];

  beforeEach(async () => {
    server = await startNatsServer();
    gateway = await openMessaging({ url: server.url });
  });
  afterEach(async () => {
    for (const { kit } of replicas.splice(0)) {
      await kit.strategy.close();
      await kit.close();
    }
    await gateway.close();
    await server.dispose();
  });

  async function start(
    run: Run,
    options: Partial<ToolHandlerOptions> = {},
    beforeAck?: Promise<void>,
  ): Promise<Replica> {
    const kit = await openMessaging({ url: server.url });
    const all = { name: TOOL, description: 'B.', arguments: NoArguments, retry: { attempts: 1 }, ...options };
    const [tool] = compileTools([handlerRegistration(all, { run: (_args, call) => run(call) }, 'Spec')], 'spec').tools;
    if (tool === undefined) throw new Error('the tool does not fit');
    const ports = { source: kit.reader, events: kit.publisher.events, clock: new SystemClock(), log: Log.silent() };
    const execution = new ToolCallExecution(tool, {
      clock: ports.clock,
      sink: kit.publisher,
      results: kit.reader,
      callEnds: new CallEventsWatch(ports),
      observer: {
        started: () => undefined,
        attempted: () => undefined,
        finished: () => undefined,
        fault: () => undefined,
      },
      log: Log.silent(),
      random: Math.random,
      callbacks: { publicUrl: 'https://interject.example', secret: SECRET, answers: new CalledBackWatch(ports) },
    });
    const counts: number[] = [];
    const callback = async (data: unknown, context: DeliveryContext): Promise<void> => {
      counts.push(context.deliveryCount);
      await execution.handle(data, context);
      await beforeAck;
    };
    const extras = { durable: workerDurable(TOOL), stream: Streams.ToolCalls, concurrency: 5 };
    kit.strategy.addHandler(Subjects.toolCallsOfTool(TOOL), callback as never, true, extras);
    await new Promise((resolve) => {
      kit.strategy.listen(resolve);
    });
    const replica = { kit, counts, kill: () => kit.connection.nats.close() };
    replicas.push(replica);
    return replica;
  }

  async function ask(over: Partial<ToolCallRequested> = {}): Promise<ToolCallRequested> {
    const definition = { queueExpiryMs: 120_000, timeoutMs: 60_000, retry: { attempts: 1, backoffMs: 0 } };
    const request = aToolCall({ requestedAt: Date.now(), watchdogMs: watchdogMs(definition), ...over });
    await gateway.publisher.publish(gateway.publisher.events.toolCall(request));
    return request;
  }

  async function resultOf(request: ToolCallRequested): Promise<ToolCallFinished> {
    const { subject } = gateway.publisher.events.result({ ...request, outcome: 'failed', attempts: 0, at: 0 });
    return eventually(async () => {
      const message = await gateway.reader.last(Streams.CallEvents, subject);
      return message && parseJson(ToolCallFinished, message.data);
    }, LEASES);
  }

  async function isSettled(): Promise<boolean> {
    const info = await gateway.connection.manager.consumers.info(Streams.ToolCalls, workerDurable(TOOL));
    return info.num_ack_pending + info.num_pending === 0;
  }

  it('while it runs a job and holds another one back: both are run elsewhere', async () => {
    const lost = await start(hang, { concurrencyPerCall: 1 });
    const [running, waiting] = [await ask({ toolCallId: 'running' }), await ask({ toolCallId: 'waiting' })];
    await eventually(() => lost.counts.length === 2);
    await lost.kill();
    const seen: string[] = [];
    await start((call) => {
      seen.push(call.toolCallId);
    });
    expect(await resultOf(running)).toMatchObject({ outcome: 'succeeded' });
    expect(await resultOf(waiting)).toMatchObject({ outcome: 'succeeded' });
    expect(seen.sort()).toEqual(['running', 'waiting']);
  }, 40_000);

  it('when the handler was done, but its result was not stored: it runs again, with the same key', async () => {
    const keys: string[] = [];
    const lost = await start((call) => {
      keys.push(call.idempotencyKey);
      return lost.kill();
    });
    const request = await ask();
    await eventually(() => keys.length === 1);
    await start((call) => {
      keys.push(call.idempotencyKey);
      return 'Done.';
    });
    expect(await resultOf(request)).toMatchObject({ outcome: 'succeeded', text: 'Done.' });
    expect(keys).toEqual([keys[0], keys[0]]);
  }, 40_000);

  it('when the result was stored, but the message was not acknowledged: nothing runs again', async () => {
    const lost = await start(() => 'Done.', {}, new Promise(() => undefined));
    const request = await ask();
    await resultOf(request);
    await lost.kill();
    let runs = 0;
    const next = await start(() => {
      runs += 1;
    });
    await eventually(() => next.counts.length === 1, LEASES);
    await eventually(isSettled);
    expect(runs).toBe(0);
  }, 40_000);

  it('again and again: the job that its workers die of ends as failed, without being run once more', async () => {
    const request = await ask();
    let runs = 0;
    // One attempt and two to spare.
    for (let i = 1; i <= 3; i += 1) {
      const lost = await start(() => {
        runs += 1;
        return hang({} as ToolCallContext);
      });
      await eventually(() => runs === i, LEASES);
      await lost.kill();
    }
    await start(() => {
      runs += 1;
    });
    expect(await resultOf(request)).toMatchObject({ outcome: 'failed', failure: { code: 'worker-lost' } });
    expect(runs).toBe(3);
    await eventually(isSettled);
  }, 60_000);

  it('while it waits for a callback: the next one goes on waiting, and does not ask the backend again', async () => {
    const asked: string[] = [];
    const run: Run = async (call) => {
      const callback = await call.callback();
      if (!callback.wasHandedOver) {
        asked.push(callback.url);
        await callback.handedOver();
      }
      const { outcome, data } = await callback.answer();
      return { outcome, data };
    };
    const lost = await start(run);
    const request = await ask();
    await eventually(() => asked.length === 1);
    const { events } = gateway.publisher;
    const handedOver = events.handedOver({ callId: request.callId, toolCallId: request.toolCallId, tool: TOOL, at: 0 });
    await eventually(() => gateway.reader.last(Streams.CallEvents, handedOver.subject));
    await lost.kill();
    const next = await start(run);
    await eventually(() => next.counts.length === 1, LEASES);
    const { callId, toolCallId } = request;
    const answer = {
      callId,
      toolCallId,
      tool: TOOL,
      outcome: 'succeeded',
      data: { total: 7 },
      at: Date.now(),
    } as const;
    await gateway.publisher.publish(events.calledBack(answer));
    expect(await resultOf(request)).toMatchObject({ data: { outcome: 'succeeded', data: { total: 7 } } });
    expect(asked).toHaveLength(1);
  }, 40_000);
});
