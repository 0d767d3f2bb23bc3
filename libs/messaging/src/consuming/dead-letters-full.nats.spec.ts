import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Streams, Subjects, workerDurable } from '@interject/contracts';
import { aToolCall, eventually, NatsServer } from '@interject/testing';
import { openMessaging } from '../testing/messaging-kit.js';
import type { MessagingKit } from '../testing/messaging-kit.js';
import { DeadLetterError } from './dead-letter.errors.js';

const TOOL = 'build_report';
const DURABLE = workerDurable(TOOL);

describe('DEAD_LETTERS is full', () => {
  let server: NatsServer;
  let kit: MessagingKit;
  const seen: string[] = [];
  let lost = 0;

  beforeEach(async () => {
    seen.splice(0);
    lost = 0;
    server = await NatsServer.start();
    kit = await openMessaging({ url: server.url });
    const { streams } = kit.connection.manager;
    const { config } = await streams.info(Streams.DeadLetters);
    await streams.update(Streams.DeadLetters, { ...config, max_bytes: 1 });
    type Handler = (data: { toolCallId: string }, context: { keepAsDeadLetter(reason: string): void }) => Promise<void>;
    const handler: Handler = async ({ toolCallId }, context) => {
      seen.push(toolCallId);
      if (toolCallId.startsWith('poison')) throw new DeadLetterError('no-handler');
      if (toolCallId.startsWith('failed')) context.keepAsDeadLetter('handler-failed');
    };
    const onLetterLost = (): void => {
      lost += 1;
    };
    // With so few unsettled messages at a time, one that is stuck would be in the way.
    const extras = { durable: DURABLE, stream: Streams.ToolCalls, maxAckPending: 2, onLetterLost };
    kit.strategy.addHandler(Subjects.toolCallsOfTool(TOOL), handler as never, true, extras);
    await new Promise((resolve) => {
      kit.strategy.listen(resolve);
    });
  });
  afterEach(async () => {
    await kit.strategy.close();
    await kit.close();
    await server.dispose();
  });

  async function publish(...ids: string[]): Promise<void> {
    const { publisher } = kit;
    for (const toolCallId of ids) await publisher.publish(publisher.events.toolCall(aToolCall({ toolCallId })));
  }

  async function unsettled(): Promise<number> {
    const info = await kit.connection.manager.consumers.info(Streams.ToolCalls, DURABLE);
    return info.num_ack_pending + info.num_pending;
  }

  it('gives up the letters of jobs that have their results, and goes on', async () => {
    const failed = Array.from({ length: 20 }, (_, i) => `failed ${String(i)}`);
    await publish(...failed, 'good');
    await eventually(async () => (await unsettled()) === 0);
    expect(seen).toHaveLength(21);
    expect(lost).toBe(20);
  });

  it('keeps what nobody has dealt with, until there is room', async () => {
    await publish('poison', 'good');
    await eventually(() => seen.filter((id) => id === 'poison').length === 2);
    expect(await unsettled()).toBe(1);
    const { streams } = kit.connection.manager;
    const { config } = await streams.info(Streams.DeadLetters);
    await streams.update(Streams.DeadLetters, { ...config, max_bytes: 1_000_000 });
    const subject = Subjects.deadLetter('tool-calls', 'no-handler');
    await eventually(() => kit.reader.last(Streams.DeadLetters, subject), { timeoutMs: 10_000 });
    await eventually(async () => (await unsettled()) === 0);
    expect(lost).toBe(0);
  }, 20_000);
});
