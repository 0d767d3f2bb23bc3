import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Msg } from 'nats';
import { Streams, Subjects, workerDurable } from '@interject/contracts';
import { Log, SystemClock } from '@interject/observability';
import { aToolCall, eventually, NatsServer } from '@interject/testing';
import { openMessaging } from '../testing/messaging-kit.js';
import type { MessagingKit } from '../testing/messaging-kit.js';
import { DeadLetterError } from './dead-letter.errors.js';
import type { DeliveryContext } from './delivery-context.js';
import type { DeliveryHandlerExtras } from './jetstream.strategy.js';
import { PullConsumer } from './pull-consumer.js';
import { SuspensionWatch } from './suspension-watch.js';

const TOOL = 'build_report';
const SUBJECT = Subjects.toolCallsOfTool(TOOL);
const extras: DeliveryHandlerExtras = { durable: workerDurable(TOOL), stream: Streams.ToolCalls };

describe('JetStreamStrategy', () => {
  let server: NatsServer;
  let kit: MessagingKit;
  const kits: MessagingKit[] = [];

  beforeEach(async () => {
    server = await NatsServer.start();
    kit = await open();
  });
  afterEach(async () => {
    for (const each of kits.splice(0)) {
      await each.strategy.close();
      await each.close();
    }
    await server.dispose();
  });

  async function open(): Promise<MessagingKit> {
    const opened = await openMessaging({ url: server.url });
    kits.push(opened);
    return opened;
  }

  async function listen(
    at: MessagingKit,
    handler: (data: { toolCallId: string }, context: DeliveryContext) => Promise<unknown>,
    more: Partial<DeliveryHandlerExtras> = {},
  ): Promise<void> {
    at.strategy.addHandler(SUBJECT, handler as never, true, { ...extras, ...more });
    const failure = await new Promise((resolve) => {
      at.strategy.listen(resolve);
    });
    expect(failure).toBeUndefined();
  }

  async function publish(...ids: string[]): Promise<void> {
    const { events } = kit.publisher;
    await Promise.all(ids.map((toolCallId) => kit.publisher.publish(events.toolCall(aToolCall({ toolCallId })))));
  }

  async function ackPending(): Promise<{ pending: number; waiting: number }> {
    const info = await kit.connection.manager.consumers.info(Streams.ToolCalls, extras.durable);
    return { pending: info.num_ack_pending, waiting: info.num_pending };
  }

  it('hands over each message and acknowledges it when the handler is done', async () => {
    const seen: string[] = [];
    const ids = Array.from({ length: 300 }, (_, i) => `t${String(i)}`);
    await publish(...ids);
    await listen(kit, async ({ toolCallId }) => {
      await Promise.resolve();
      seen.push(toolCallId);
    });
    await eventually(() => seen.length === 300);
    await eventually(async () => (await ackPending()).pending === 0);
    expect(new Set(seen)).toEqual(new Set(ids));
  });

  it('never runs more than its concurrency, and fills free places', async () => {
    let running = 0;
    let most = 0;
    let done = 0;
    await publish(...Array.from({ length: 60 }, (_, i) => `t${String(i)}`));
    const handler = async (): Promise<void> => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setTimeout(resolve, 20));
      running -= 1;
      done += 1;
    };
    await listen(kit, handler, { concurrency: 7 });
    await eventually(() => done === 60);
    expect(most).toBe(7);
  });

  it('extends the lease of a handler that runs longer than ack_wait', async () => {
    let runs = 0;
    await publish('slow');
    await listen(
      kit,
      async () => {
        runs += 1;
        await new Promise((resolve) => setTimeout(resolve, 2500));
      },
      { ackWaitMs: 600 },
    );
    await eventually(async () => runs > 0 && (await ackPending()).pending === 0, { timeoutMs: 8000 });
    expect(runs).toBe(1);
  }, 15_000);

  it('gives the job of a lost worker to another one', async () => {
    // A worker that takes the message and is never heard of again.
    const lost = await open();
    const taken: Msg[] = [];
    const options = {
      ...extras,
      filterSubject: SUBJECT,
      concurrency: 1,
      ackWaitMs: 500,
      maxAckPending: 10,
      deliver: 'all' as const,
    };
    const ports = {
      connection: lost.connection,
      suspensions: new SuspensionWatch(new SystemClock()),
      log: Log.silent(),
      onMessage: (message: Msg) => taken.push(message),
      onSuspended: () => undefined,
    };
    const consumer = new PullConsumer(ports, options);
    await consumer.start();
    await publish('orphan');
    await eventually(() => taken.length === 1);
    await consumer.stop();
    const counts: number[] = [];
    await listen(kit, async (_, context) => counts.push(context.deliveryCount), { ackWaitMs: 500, maxAckPending: 10 });
    await eventually(() => counts.length === 1);
    expect(counts).toEqual([2]);
  }, 15_000);

  it('delivers again what failed, and buries what no repeat can heal', async () => {
    const attempts: string[] = [];
    await publish('flaky', 'poison');
    await listen(kit, async ({ toolCallId }, { deliveryCount }) => {
      attempts.push(`${toolCallId}#${String(deliveryCount)}`);
      if (toolCallId === 'poison') throw new DeadLetterError('no-handler');
      if (deliveryCount === 1) throw Object.assign(new Error('backend away'), { retryAfterMs: 50 });
    });
    await eventually(() => attempts.includes('flaky#2'));
    await eventually(async () => (await ackPending()).pending === 0);
    expect(attempts.filter((each) => each.startsWith('poison'))).toEqual(['poison#1']);
    const letter = await kit.reader.last(Streams.DeadLetters, Subjects.deadLetter('tool-calls', 'no-handler'));
    expect(letter?.headers).toMatchObject({
      'interject-original-stream': 'TOOL_CALLS',
      'interject-reason': 'no-handler',
      'interject-deliveries': '1',
      'interject-consumer': extras.durable,
    });
    expect(JSON.parse(Buffer.from(letter?.data ?? []).toString())).toMatchObject({ toolCallId: 'poison' });
  });

  it('buries what is not JSON without asking the handler', async () => {
    let asked = 0;
    await listen(kit, async () => {
      asked += 1;
    });
    await kit.connection.jetstream.publish(Subjects.toolCall(TOOL, 0, 'k'), 'not json');
    const subject = Subjects.deadLetter('tool-calls', 'unparseable');
    await eventually(() => kit.reader.last(Streams.DeadLetters, subject));
    expect(asked).toBe(0);
  });

  it('goes on after a restart of the server', async () => {
    const seen: string[] = [];
    await listen(kit, async ({ toolCallId }) => seen.push(toolCallId));
    await publish('before');
    await eventually(() => seen.length === 1);
    await server.restart();
    await eventually(() => publish('after').then(() => true));
    await eventually(() => seen.includes('after'));
    expect(seen).toEqual(['before', 'after']);
  }, 20_000);

  it('drains: no new messages, waits for the handler that runs, then it is acknowledged', async () => {
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const seen: string[] = [];
    await publish('held');
    await listen(kit, async ({ toolCallId }) => {
      seen.push(toolCallId);
      await held;
    });
    await eventually(() => seen.length === 1);
    let isClosed = false;
    const closing = kit.strategy.close().then(() => {
      isClosed = true;
    });
    await publish('late');
    // A round trip to the server: what could have been delivered would have been.
    await ackPending();
    expect(isClosed).toBe(false);
    expect(seen).toEqual(['held']);
    release();
    await closing;
    await eventually(async () => {
      const { pending, waiting } = await ackPending();
      return pending === 0 && waiting === 1;
    });
  });

  it('gives back at once what arrives while it stops, so that another one need not wait for the lease', async () => {
    // A lease longer than the test: only what was given back comes again.
    const ackWaitMs = 60_000;
    const seen: string[] = [];
    const ids = Array.from({ length: 400 }, (_, i) => `t${String(i)}`);
    const handler = async ({ toolCallId }: { toolCallId: string }): Promise<void> => {
      seen.push(toolCallId);
    };
    await listen(kit, handler, { ackWaitMs });
    const publishing = publish(...ids);
    await eventually(() => seen.length > 0, { intervalMs: 1 });
    await kit.strategy.close();
    await publishing;
    await listen(await open(), handler, { ackWaitMs });
    await eventually(() => new Set(seen).size === ids.length);
    expect(seen).toHaveLength(ids.length);
  });

  it('begins with what is new if told so, goes on where it was, and skips nothing when its consumer vanishes', async () => {
    const seen: string[] = [];
    const handler = async ({ toolCallId }: { toolCallId: string }): Promise<void> => {
      seen.push(toolCallId);
    };
    await publish('before the first start');
    await listen(kit, handler, { deliver: 'new' });
    await publish('while it runs');
    await eventually(() => seen.length === 1);
    await eventually(async () => (await ackPending()).pending === 0);
    await kit.strategy.close();
    await publish('while it was down');
    const other = await open();
    await listen(other, handler, { deliver: 'new' });
    await eventually(() => seen.length === 2);
    expect(seen).toEqual(['while it runs', 'while it was down']);
    await eventually(async () => (await ackPending()).pending === 0);
    // Before, while and after it is gone.
    const gone = Array.from({ length: 300 }, (_, i) => `t${String(i)}`);
    const publishing = (async () => {
      for (const id of gone) await publish(id);
    })();
    await eventually(() => seen.includes('t20'), { intervalMs: 1 });
    // nats-server 2.9 may stumble over its own files when it deletes a busy consumer; the consumer is gone all the same.
    await kit.connection.manager.consumers.delete(Streams.ToolCalls, extras.durable).catch((error: unknown) => {
      if (!/directory not empty/.test((error as Error).message)) throw error;
    });
    await publishing;
    await eventually(() => gone.every((id) => seen.includes(id)), { timeoutMs: 15_000 });
  }, 30_000);

  it('refuses a second handler for a subject, and a handler without a durable', async () => {
    kit.strategy.addHandler(SUBJECT, (async () => undefined) as never, true, { ...extras });
    expect(() => {
      kit.strategy.addHandler(SUBJECT, (async () => undefined) as never, true, { ...extras });
    }).toThrow(/Two handlers/);
    const other = await open();
    other.strategy.addHandler('tool-calls.x.*.*', (async () => undefined) as never, true);
    const failure = await new Promise((resolve) => {
      other.strategy.listen(resolve);
    });
    expect((failure as Error).message).toMatch(/names no stream and durable/);
  });
});
