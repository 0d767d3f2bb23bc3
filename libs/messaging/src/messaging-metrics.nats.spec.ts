import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Streams, Subjects } from '@interject/contracts';
import { Log, Metrics } from '@interject/observability';
import { aToolCall, eventually, startNatsServer } from '@interject/testing';
import type { NatsServer } from '@interject/testing';
import { JetStreamStrategy } from './consuming/jetstream.strategy.js';
import { DeadLetters } from './consuming/dead-letters.js';
import { MessagingMetrics } from './messaging-metrics.js';
import { EventPublisher } from './publishing/event-publisher.js';
import { openMessaging } from './testing/messaging-kit.js';
import type { MessagingKit } from './testing/messaging-kit.js';

const TOOL = 'build_report';
const DURABLE = `worker-${TOOL}`;

describe('MessagingMetrics', () => {
  let server: NatsServer;
  let kit: MessagingKit;
  let metrics: Metrics;
  let measured: MessagingMetrics;
  let publisher: EventPublisher;

  beforeAll(async () => {
    server = await startNatsServer();
    kit = await openMessaging({ url: server.url });
    metrics = new Metrics();
    measured = new MessagingMetrics(metrics);
    publisher = new EventPublisher(kit.connection, 'spec', 16, measured);
  });
  afterAll(async () => {
    await kit.close();
    await server.dispose();
  });

  const lines = async (name: string): Promise<string[]> =>
    (await metrics.registry.metrics()).split('\n').filter((line) => line.startsWith(name));

  it('measures publishes by stream and by what became of them', async () => {
    const call = publisher.events.toolCall(aToolCall({ callId: 'c1', toolCallId: 't1', tool: TOOL }));
    await publisher.publish(call);
    await publisher.publish(call);
    expect(await lines('interject_nats_publish_duration_seconds_count')).toEqual([
      'interject_nats_publish_duration_seconds_count{stream="TOOL_CALLS",outcome="stored"} 1',
      'interject_nats_publish_duration_seconds_count{stream="TOOL_CALLS",outcome="repeated"} 1',
    ]);
  });

  it('shows what a durable consumer has before it, and nothing that is out of date', async () => {
    const strategy = new JetStreamStrategy(kit.connection, kit.deadLetters, Log.silent(), measured);
    const held: (() => void)[] = [];
    const hold = () => new Promise<void>((resolve) => held.push(resolve));
    const extras = { durable: DURABLE, stream: Streams.ToolCalls, concurrency: 1 };
    strategy.addHandler(Subjects.toolCallsOfTool(TOOL), hold as never, true, extras);
    for (const id of ['t2', 't3']) {
      await publisher.publish(publisher.events.toolCall(aToolCall({ callId: 'c1', toolCallId: id, tool: TOOL })));
    }
    await new Promise((resolve) => {
      strategy.listen(resolve);
    });
    await eventually(() => Promise.resolve(held.length > 0));
    const labels = `stream="TOOL_CALLS",consumer="${DURABLE}"`;
    expect(await lines('interject_consumer_messages')).toEqual([
      `interject_consumer_messages{${labels},state="pending"} 2`,
      `interject_consumer_messages{${labels},state="unacknowledged"} 1`,
    ]);
    await eventually(async () => {
      for (const release of held.splice(0)) release();
      return (await lines('interject_consumer_messages')).every((line) => line.endsWith(' 0'));
    });
    await strategy.close();
    await kit.connection.manager.consumers.delete(Streams.ToolCalls, DURABLE);
    expect(await lines('interject_consumer_messages')).toEqual([]);
  });

  it('shows what a reader has not been handed, and counts the dead letters it stored', async () => {
    measured.show({
      isConnected: () => kit.connection.isConnected,
      readerPending: () => kit.reader.pending(),
      readerLagMs: () => undefined,
    });
    const reader = await kit.reader.read({
      stream: Streams.ToolCalls,
      subject: 'tool-calls.>',
      onMessage: () => undefined,
    });
    await eventually(() => Promise.resolve(reader.lastSequence === 3));
    expect(await lines('interject_reader_pending_messages{')).toEqual([
      'interject_reader_pending_messages{stream="TOOL_CALLS"} 0',
    ]);
    await reader.stop();
    expect(await lines('interject_reader_pending_messages{')).toEqual([]);
    expect(await lines('interject_nats_connected ')).toEqual(['interject_nats_connected 1']);

    const letters = new DeadLetters(kit.connection, measured);
    const message = { subject: 'tool-calls.x', sequence: 1, storedAt: 0, headers: {}, data: new Uint8Array() };
    const burial = { stream: Streams.ToolCalls, reason: 'handler-failed', deliveryCount: 1, durable: DURABLE };
    await letters.bury(message, burial);
    await letters.bury(message, burial);
    expect(await lines('interject_dead_letters_stored_total{')).toEqual([
      'interject_dead_letters_stored_total{reason="handler-failed"} 1',
    ]);
    expect(await kit.reader.messageCount(Streams.DeadLetters)).toBe(1);
  });
});
