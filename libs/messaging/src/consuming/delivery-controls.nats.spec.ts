import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Streams, Subjects, workerDurable } from '@interject/contracts';
import { aToolCall, eventually, NatsServer } from '@interject/testing';
import { openMessaging } from '../testing/messaging-kit.js';
import type { MessagingKit } from '../testing/messaging-kit.js';
import type { DeliveryContext } from './delivery-context.js';
import type { DeliveryHandlerExtras } from './jetstream.strategy.js';

const TOOL = 'build_report';
const SUBJECT = Subjects.toolCallsOfTool(TOOL);
const extras: DeliveryHandlerExtras = { durable: workerDurable(TOOL), stream: Streams.ToolCalls };

type Handler = (data: { toolCallId: string }, context: DeliveryContext) => Promise<unknown>;

describe('what a handler may wish for its delivery', () => {
  let server: NatsServer;
  let kit: MessagingKit;

  beforeEach(async () => {
    server = await NatsServer.start();
    kit = await openMessaging({ url: server.url });
  });
  afterEach(async () => {
    await kit.strategy.close();
    await kit.close();
    await server.dispose();
  });

  async function listen(handler: Handler, more: Partial<DeliveryHandlerExtras> = {}): Promise<void> {
    kit.strategy.addHandler(SUBJECT, handler as never, true, { ...extras, ...more });
    const failure = await new Promise((resolve) => {
      kit.strategy.listen(resolve);
    });
    expect(failure).toBeUndefined();
  }

  async function publish(...ids: string[]): Promise<void> {
    const { publisher } = kit;
    for (const toolCallId of ids) await publisher.publish(publisher.events.toolCall(aToolCall({ toolCallId })));
  }

  async function pending(): Promise<number> {
    const info = await kit.connection.manager.consumers.info(Streams.ToolCalls, extras.durable);
    return info.num_ack_pending + info.num_pending;
  }

  it('gives its place to others while it stands aside, and keeps its lease', async () => {
    const seen: string[] = [];
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    await publish('patient', 'other 1', 'other 2');
    const handler: Handler = async ({ toolCallId }, context) => {
      seen.push(`${toolCallId}#${String(context.deliveryCount)}`);
      if (toolCallId !== 'patient') return;
      expect(context.standAside()).toBe(true);
      // Twice is once.
      expect(context.standAside()).toBe(true);
      await held;
      context.comeBack();
    };
    await listen(handler, { concurrency: 1, ackWaitMs: 600 });
    await eventually(() => seen.length === 3);
    await eventually(async () => (await pending()) === 1);
    // Longer than the lease: it would have come again.
    await new Promise((resolve) => setTimeout(resolve, 1500));
    release();
    await eventually(async () => (await pending()) === 0);
    expect(seen).toEqual(['patient#1', 'other 1#1', 'other 2#1']);
    // The place it came back to is free again.
    await publish('last');
    await eventually(() => seen.includes('last#1'));
  }, 15_000);

  it('is not held for ever: at the ceiling its signal is aborted, its place is free, and it comes again', async () => {
    const seen: string[] = [];
    const aborted: string[] = [];
    let ceilings = 0;
    await publish('hung', 'other');
    const handler: Handler = async ({ toolCallId }, context) => {
      seen.push(`${toolCallId}#${String(context.deliveryCount)}`);
      if (toolCallId !== 'hung' || context.deliveryCount > 1) return;
      context.signal.addEventListener('abort', () => aborted.push(toolCallId));
      context.holdFor(1500);
      await new Promise(() => undefined);
    };
    const onLeaseCeiling = (): void => {
      ceilings += 1;
    };
    await listen(handler, { concurrency: 1, ackWaitMs: 600, onLeaseCeiling });
    await eventually(async () => (await pending()) === 0, { timeoutMs: 8000 });
    expect(seen).toEqual(['hung#1', 'other#1', 'hung#2']);
    expect({ aborted, ceilings }).toEqual({ aborted: ['hung'], ceilings: 1 });
    // The stop does not wait for a handler that was given up.
    const startedAt = performance.now();
    await kit.strategy.close();
    expect(performance.now() - startedAt).toBeLessThan(3000);
  }, 15_000);

  it('is kept as a dead letter if the handler wants that, once it has dealt with it', async () => {
    await publish('failed');
    await listen(async (_data, context) => {
      context.keepAsDeadLetter('handler-failed');
    });
    const subject = Subjects.deadLetter('tool-calls', 'handler-failed');
    const letter = await eventually(() => kit.reader.last(Streams.DeadLetters, subject));
    expect(JSON.parse(Buffer.from(letter.data).toString())).toMatchObject({ toolCallId: 'failed' });
    await eventually(async () => (await pending()) === 0);
  });

  it('hears of a stop at once, so that what has not begun is given back without delay', async () => {
    let begun = 0;
    let again = 0;
    await publish('waiting');
    await listen(async (_data, { draining }) => {
      begun += 1;
      await new Promise<void>((_resolve, reject) => {
        draining.addEventListener('abort', () => {
          reject(Object.assign(new Error('stop'), { code: 'shutdown', retryAfterMs: 0 }));
        });
      });
    });
    await eventually(() => begun === 1);
    const startedAt = performance.now();
    await kit.strategy.close();
    expect(performance.now() - startedAt).toBeLessThan(2000);
    const next = await openMessaging({ url: server.url });
    try {
      const handler = async (): Promise<void> => {
        again += 1;
      };
      next.strategy.addHandler(SUBJECT, handler as never, true, { ...extras });
      next.strategy.listen(() => undefined);
      // Sooner than a lease of 4 s would have run out.
      await eventually(() => again === 1, { timeoutMs: 2000 });
    } finally {
      await next.strategy.close();
      await next.close();
    }
  });
});
