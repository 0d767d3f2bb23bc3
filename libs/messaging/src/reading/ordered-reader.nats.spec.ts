import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Streams, Subjects } from '@interject/contracts';
import type { OutgoingEvent } from '@interject/contracts';
import { aFloorChange, aResult, eventually, NatsServer } from '@interject/testing';
import { openMessaging } from '../testing/messaging-kit.js';
import type { MessagingKit } from '../testing/messaging-kit.js';
import type { OrderedReader } from './ordered-reader.js';

describe('reading a stream in order', () => {
  let server: NatsServer;
  let kit: MessagingKit;
  let reader: OrderedReader | undefined;

  beforeAll(async () => {
    server = await NatsServer.start();
  });
  afterAll(async () => {
    await server.dispose();
  });
  beforeEach(async () => {
    kit = await openMessaging({ url: server.url });
  });
  afterEach(async () => {
    await reader?.stop();
    await kit.close();
  });

  async function publishResults(callId: string, from: number, to: number): Promise<void> {
    const numbers = Array.from({ length: to - from + 1 }, (_, i) => from + i);
    await Promise.all(
      numbers.map((n) =>
        kit.publisher.publish(kit.publisher.events.result(aResult({ callId, toolCallId: `t${String(n)}` }))),
      ),
    );
  }

  function partitionSubject(callId: string): string {
    const { subject } = kit.publisher.events.result(aResult({ callId }));
    return Subjects.callEventsOfPartition(Number(subject.split('.')[1]));
  }

  async function readAll(callId: string, seen: string[], fromSequence?: number): Promise<{ caughtUp: () => boolean }> {
    let isCaughtUp = false;
    reader = await kit.reader.read({
      stream: Streams.CallEvents,
      subject: partitionSubject(callId),
      ...(fromSequence === undefined ? {} : { fromSequence }),
      onMessage: (message) => {
        const data = JSON.parse(Buffer.from(message.data).toString()) as { callId: string; toolCallId: string };
        if (data.callId === callId) seen.push(data.toolCallId);
      },
      onCaughtUp: () => {
        isCaughtUp = true;
      },
    });
    return { caughtUp: () => isCaughtUp };
  }

  it('says when it has caught up, also with nothing to read', async () => {
    const { caughtUp } = await readAll('nobody', []);
    await eventually(caughtUp);
  });

  it('hands over what was stored before and after, once and in order', async () => {
    await publishResults('in-order', 1, 500);
    const seen: string[] = [];
    const { caughtUp } = await readAll('in-order', seen);
    await eventually(caughtUp);
    expect(seen).toHaveLength(500);
    await publishResults('in-order', 501, 600);
    await eventually(() => seen.length === 600);
    expect(new Set(seen).size).toBe(600);
  });

  it('starts from a sequence', async () => {
    await publishResults('from', 1, 3);
    const last = await kit.reader.last(Streams.CallEvents, partitionSubject('from'));
    const seen: string[] = [];
    const { caughtUp } = await readAll('from', seen, last?.sequence);
    await eventually(caughtUp);
    expect(seen).toEqual(['t3']);
  });

  it.each(['restart', 'kill'] as const)(
    'goes on after a %s of the server without a loss or a repeat',
    async (how) => {
      const callId = `survives-${how}`;
      await publishResults(callId, 1, 50);
      const seen: string[] = [];
      await readAll(callId, seen);
      await eventually(() => seen.length === 50);
      const last = await kit.reader.last(Streams.CallEvents, partitionSubject(callId));
      const late: string[] = [];
      const idle = await kit.reader.read({
        stream: Streams.CallEvents,
        subject: partitionSubject(callId),
        fromSequence: (last?.sequence ?? 0) + 1,
        onMessage: ({ subject }) => late.push(subject),
      });
      if (how === 'restart') await server.restart();
      else {
        await server.kill();
        await server.launch();
      }
      await eventually(() => kit.connection.check().then(() => true));
      await publishResults(callId, 51, 100);
      await eventually(() => seen.length >= 100, { timeoutMs: 15_000 });
      expect(seen).toHaveLength(100);
      expect(new Set(seen).size).toBe(100);
      // What lay before its start is still none of its business.
      await eventually(() => late.length >= 50);
      expect(late).toHaveLength(50);
      await idle.stop();
    },
    30_000,
  );

  it('reads nothing again when the server mistakes the age of a stream that was edited between two restarts', async () => {
    await publishResults('edited', 1, 5);
    const seen: string[] = [];
    const { caughtUp } = await readAll('edited', seen);
    await eventually(caughtUp);
    const manager = await kit.connection.nats.jetstreamManager();
    const restart = async (): Promise<void> => {
      await server.restart();
      await eventually(() => kit.connection.isConnected);
    };
    await restart();
    const { config } = await manager.streams.info(Streams.CallEvents);
    await manager.streams.update(Streams.CallEvents, { ...config, max_bytes: config.max_bytes + 1024 * 1024 });
    await restart();
    await eventually(async () => {
      await publishResults('edited', 6, 6);
      return seen.includes('t6');
    });
    expect(seen).toEqual(['t1', 't2', 't3', 't4', 't5', 't6']);
  }, 20_000);

  it('follows a memory stream that the restarted server has lost', async () => {
    const seen: number[] = [];
    const event = (at: number): OutgoingEvent => kit.publisher.events.floor(aFloorChange({ callId: 'memory', at }));
    const { subject } = event(0);
    reader = await kit.reader.read({
      stream: Streams.Floor,
      subject,
      onMessage: (message) => seen.push((JSON.parse(Buffer.from(message.data).toString()) as { at: number }).at),
    });
    for (const at of [1, 2, 3]) await kit.publisher.publish(event(at));
    await eventually(() => seen.length === 3);
    await server.restart();
    await eventually(() => kit.publisher.publish(event(4)));
    await eventually(() => seen.includes(4), { timeoutMs: 15_000 });
    expect(seen).toEqual([1, 2, 3, 4]);
  }, 30_000);

  it('drops floor events while disconnected instead of keeping them for later', async () => {
    await server.stop();
    await eventually(() => !kit.connection.isConnected);
    const event = kit.publisher.events.floor(aFloorChange());
    expect(kit.publisher.publishUnconfirmed(event)).toBe(false);
    await expect(kit.publisher.publish(event)).rejects.toMatchObject({ code: 'disconnected', retryable: true });
    await server.launch();
    await eventually(() => kit.connection.isConnected);
  }, 20_000);
});
