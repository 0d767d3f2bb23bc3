import { spawnSync } from 'node:child_process';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Streams, Subjects, workerDurable } from '@interject/contracts';
import { aToolCall, eventually, NatsServer } from '@interject/testing';
import { openMessaging } from '../testing/messaging-kit.js';
import type { MessagingKit } from '../testing/messaging-kit.js';
import type { DeliveryContext } from './delivery-context.js';

const TOOL = 'build_report';
const SUBJECT = Subjects.toolCallsOfTool(TOOL);
const ACK_WAIT_MS = 600;
const PAUSE_MS = 2000;
const extras = { durable: workerDurable(TOOL), stream: Streams.ToolCalls, ackWaitMs: ACK_WAIT_MS };

type Handler = (data: { toolCallId: string }, context: DeliveryContext) => Promise<unknown>;

/** Stands still, and lets another process publish at once. */
function standStill(url: string, events: readonly { subject: string; data: object }[] = []): void {
  const script = `
    import { connect } from 'nats';
    const connection = await connect({ servers: ${JSON.stringify(url)} });
    for (const { subject, data } of ${JSON.stringify(events)}) connection.publish(subject, JSON.stringify(data));
    await connection.flush();
    await new Promise((resolve) => setTimeout(resolve, ${String(PAUSE_MS)}));
    await connection.close();`;
  const { status, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
    cwd: import.meta.dirname,
  });
  if (status !== 0) throw new Error(stderr.toString());
}

describe('a process that stood still for longer than its leases', () => {
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

  async function listen(handler: Handler, concurrency = 100): Promise<void> {
    kit.strategy.addHandler(SUBJECT, handler as never, true, { ...extras, concurrency });
    await new Promise((resolve) => {
      kit.strategy.listen(resolve);
    });
  }

  function toolCalls(...ids: string[]) {
    return ids.map((toolCallId) => kit.publisher.events.toolCall(aToolCall({ toolCallId })));
  }

  async function consumer() {
    return kit.connection.manager.consumers.info(Streams.ToolCalls, extras.durable);
  }

  it('runs nothing of what was delivered meanwhile, until it comes again: each job once', async () => {
    const seen: string[] = [];
    await listen(async ({ toolCallId }, { deliveryCount }) => {
      seen.push(toolCallId);
      expect(deliveryCount).toBeGreaterThan(1);
    });
    await eventually(async () => (await consumer()).num_waiting === 1);
    const ids = Array.from({ length: 20 }, (_, i) => `t${String(i)}`);
    standStill(server.url, toolCalls(...ids));
    await eventually(async () => {
      const { num_ack_pending, num_pending } = await consumer();
      return num_ack_pending + num_pending === 0;
    });
    expect(seen.sort()).toEqual(ids.sort());
  }, 15_000);

  it('leaves to others what it held and had not begun, and brings to an end what it had', async () => {
    const seen: string[] = [];
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    await listen(async ({ toolCallId }, { deliveryCount, draining }) => {
      seen.push(`${toolCallId}#${String(deliveryCount)}`);
      if (deliveryCount > 1) return;
      if (toolCallId === 'begun') return held;
      await new Promise<void>((_resolve, reject) => {
        draining.addEventListener('abort', () => {
          reject(Object.assign(new Error('not begun'), { code: 'shutdown', retryAfterMs: 0 }));
        });
      });
    });
    for (const event of toolCalls('begun', 'waiting')) await kit.publisher.publish(event);
    await eventually(() => seen.length === 2);
    standStill(server.url);
    const wokeAt = performance.now();
    // The deliveries in between came while nobody was there.
    const again = () => seen.filter((each) => each.startsWith('waiting')).slice(1);
    await eventually(() => again().length > 0, { intervalMs: 5 }).finally(() => {
      release();
    });
    // No NAK took it out of the hands of somebody who might have had it: it came when a lease had run out.
    expect(performance.now() - wokeAt).toBeGreaterThan(ACK_WAIT_MS / 4);
    await eventually(async () => (await consumer()).num_ack_pending === 0);
    expect(again()).toHaveLength(1);
  }, 15_000);

  it('takes new ones as before, and stops as before', async () => {
    const seen: string[] = [];
    await listen(async ({ toolCallId }, { draining }) => {
      if (draining.aborted) throw new Error('it was told to stop');
      seen.push(toolCallId);
    }, 1);
    standStill(server.url);
    for (const event of toolCalls('a', 'b')) await kit.publisher.publish(event);
    await eventually(() => seen.length === 2);
    const startedAt = performance.now();
    await kit.strategy.close();
    expect(performance.now() - startedAt).toBeLessThan(2000);
  }, 15_000);
});
