import 'reflect-metadata';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { EventTypes, parse, Streams, Subjects, Version, workerDurable } from '@interject/contracts';
import type { DeliveryHandlerExtras } from '@interject/messaging';
import { openMessaging } from '@interject/messaging/testing';
import type { MessagingKit } from '@interject/messaging/testing';
import { eventually, NatsServer } from '@interject/testing';
import { IsInt, IsString } from 'class-validator';

const TOOL = 'build_report';
const extras: DeliveryHandlerExtras = { durable: workerDurable(TOOL), stream: Streams.ToolCalls };

/** One event as three releases have it: version 2 calls `id` by another name and counts otherwise. */
class V1 {
  @IsString() id!: string;
  @IsInt() amount!: number;
}
class V2 {
  @IsString() orderId!: string;
  @IsInt() cents!: number;
}
type Plain = Readonly<Record<string, unknown>>;

@Version(1)
class OldOrder extends V1 {}
/** Reads both, writes the old one. */
@Version(1, { 2: ({ orderId, cents }: Plain) => ({ id: orderId, amount: Number(cents) / 100 }) })
class ReadyOrder extends V1 {}
/** Reads both, writes the new one. */
@Version(2, { 1: ({ id, amount }: Plain) => ({ orderId: id, cents: Number(amount) * 100 }) })
class NewOrder extends V2 {}

const v1 = (id: string): object => ({ id, amount: 5 });
const v2 = (orderId: string): object => ({ orderId, cents: 500, schemaVersion: 2 });

/** A roll-out as a broker sees it: services of two releases share a durable consumer, and events of two versions are stored. */
describe('old and new releases beside each other', () => {
  let server: NatsServer;
  let publisher: MessagingKit;
  const replicas: MessagingKit[] = [];

  beforeEach(async () => {
    server = await NatsServer.start();
    publisher = await openMessaging({ url: server.url });
  });
  afterEach(async () => {
    for (const each of replicas.splice(0)) await stop(each);
    await publisher.close();
    await server.dispose();
  });

  async function stop(kit: MessagingKit): Promise<void> {
    await kit.strategy.close();
    await kit.close();
  }

  /** Starts a replica of a release. @returns what it has handled, by id */
  async function replica(contract: new () => object): Promise<{ readonly seen: object[]; readonly kit: MessagingKit }> {
    const kit = await openMessaging({ url: server.url });
    const seen: object[] = [];
    const handler = async (data: unknown): Promise<void> => {
      seen.push({ ...parse(contract, data) });
    };
    kit.strategy.addHandler(Subjects.toolCallsOfTool(TOOL), handler as never, true, { ...extras });
    const failure = await new Promise((resolve) => {
      kit.strategy.listen(resolve);
    });
    expect(failure).toBeUndefined();
    replicas.push(kit);
    return { seen, kit };
  }

  async function store(name: string, data: object): Promise<void> {
    const subject = Subjects.toolCall(TOOL, 0, name);
    await publisher.publisher.publish({ subject, type: EventTypes.ToolCall, id: name, once: true, data });
  }

  async function unfinished(): Promise<number> {
    const info = await publisher.connection.manager.consumers.info(Streams.ToolCalls, extras.durable);
    return info.num_ack_pending + info.num_pending;
  }

  const letters = async (): Promise<number> =>
    (await publisher.connection.manager.streams.info(Streams.DeadLetters)).state.messages;

  it('a release that reads both takes the events of the old one and of the new one, whoever it shares them with', async () => {
    const ready = await replica(ReadyOrder);
    const fresh = await replica(NewOrder);
    for (let i = 0; i < 20; i += 1) await store(`n${String(i)}`, i % 2 === 0 ? v1(String(i)) : v2(String(i)));
    await eventually(async () => (await unfinished()) === 0);
    const ids = [...ready.seen.map((each) => (each as V1).id), ...fresh.seen.map((each) => (each as V2).orderId)];
    expect(ids.map(Number).sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, i) => i));
    expect(ready.seen.every((each) => (each as V1).amount === 5)).toBe(true);
    expect(fresh.seen.every((each) => (each as V2).cents === 500)).toBe(true);
    expect(await letters()).toBe(0);
  });

  it('an old release that meets a new event destroys nothing: the event waits for a newer replica', async () => {
    const old = await replica(OldOrder);
    await store('new', v2('from the future'));
    await store('old', v1('from today'));
    await eventually(() => old.seen.length === 1);
    expect(old.seen).toEqual([{ id: 'from today', amount: 5 }]);
    await eventually(async () => (await unfinished()) === 1);
    const fresh = await replica(NewOrder);
    // The roll-out goes on: nobody is left who would give it back again.
    replicas.splice(replicas.indexOf(old.kit), 1);
    await stop(old.kit);
    await eventually(() => fresh.seen.length === 1, { timeoutMs: 15_000 });
    expect(fresh.seen).toEqual([{ orderId: 'from the future', cents: 500 }]);
    await eventually(async () => (await unfinished()) === 0);
    expect([old.seen.length, await letters()]).toEqual([1, 0]);
  }, 30_000);

  it('an old release is taken away while events of both versions are stored: all are handled, none twice', async () => {
    const old = await replica(OldOrder);
    for (let i = 0; i < 10; i += 1) await store(`a${String(i)}`, v1(String(i)));
    const ready = await replica(ReadyOrder);
    await eventually(() => old.seen.length + ready.seen.length === 10);
    replicas.splice(replicas.indexOf(old.kit), 1);
    await stop(old.kit);
    for (let i = 10; i < 20; i += 1) await store(`a${String(i)}`, v2(String(i)));
    await eventually(async () => (await unfinished()) === 0);
    const ids = [...old.seen, ...ready.seen].map((each) => (each as V1).id);
    expect(ids.map(Number).sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, i) => i));
    expect(await letters()).toBe(0);
  }, 30_000);
});
