import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Buckets, Streams, Subjects, workerDurable } from '@interject/contracts';
import { Log, SystemClock } from '@interject/observability';
import { aToolCall, eventually, NatsCluster } from '@interject/testing';
import { PullConsumer } from './consuming/pull-consumer.js';
import { SuspensionWatch } from './consuming/suspension-watch.js';
import { MessagingOperator } from './operator/messaging-operator.js';
import { topology } from './provisioning/topology.js';
import { openMessaging } from './testing/messaging-kit.js';
import type { MessagingKit } from './testing/messaging-kit.js';

const MIB = 1024 * 1024;
const storeBytes = 100 * MIB;
const ALL = topology({ replicas: 1, storeBytes }).map(({ name }) => name);
const PARTITIONS = 16;
const PACE_MS = 20;
/** Raft of nats-server: without its leader a group waits 4 to 9 s before it elects another; two elections may follow. */
const ELECTIONS_MS = 30_000;

/** A load of tool calls, read in the three ways there are; each id is counted where it arrives. */
class Load {
  readonly accepted = new Set<string>();
  readonly read = new Map<string, number>();
  readonly consumed = new Map<string, number>();
  readonly watched: string[] = [];
  written = 0;
  private count = 0;
  private isOn = true;
  private readonly running = new Set<Promise<void>>();
  private writing: Promise<void> | undefined;
  private consumer: PullConsumer | undefined;

  constructor(private readonly kit: MessagingKit) {}

  async start(): Promise<void> {
    for (let partition = 0; partition < PARTITIONS; partition += 1) {
      await this.kit.reader.read({
        stream: Streams.ToolCalls,
        subject: Subjects.toolCallsOfPartition(partition),
        onMessage: ({ data }) => {
          note(this.read, data);
        },
      });
    }
    const control = this.kit.kv.bucket(Buckets.Control);
    await control.watch({ onEntry: ({ value }) => this.watched.push(Buffer.from(value).toString()) });
    await this.consume();
    this.writing = this.writeKeys();
    void this.publish();
  }

  /** Publishes no more, and waits until what is under way is stored. */
  async stop(): Promise<void> {
    this.isOn = false;
    await Promise.all([...this.running, this.writing]);
  }

  private async consume(): Promise<void> {
    const { connection } = this.kit;
    const consumer = new PullConsumer(
      {
        connection,
        suspensions: new SuspensionWatch(new SystemClock()),
        log: Log.silent(),
        onSuspended: () => undefined,
        onMessage: (message) => {
          note(this.consumed, message.data);
          message.respond('+ACK');
          consumer.settled();
        },
      },
      {
        stream: Streams.ToolCalls,
        durable: workerDurable('spec'),
        filterSubject: 'tool-calls.*.*.*',
        ackWaitMs: 4000,
        maxAckPending: 10_000,
        deliver: 'all',
        concurrency: 100,
      },
    );
    this.consumer = consumer;
    await consumer.start();
  }

  /** Reads no more. */
  async close(): Promise<void> {
    await this.consumer?.stop();
  }

  private async publish(): Promise<void> {
    while (this.isOn) {
      const toolCallId = `t${String((this.count += 1))}`;
      const storing = this.store(toolCallId).finally(() => this.running.delete(storing));
      this.running.add(storing);
      await new Promise((resolve) => setTimeout(resolve, PACE_MS));
    }
  }

  /** As Vapi does it: repeated until it is accepted. */
  private async store(toolCallId: string): Promise<void> {
    const event = this.kit.publisher.events.toolCall(aToolCall({ callId: `call-${toolCallId}`, toolCallId }));
    await eventually(() => this.kit.publisher.publish(event), { timeoutMs: ELECTIONS_MS, intervalMs: 200 });
    this.accepted.add(toolCallId);
  }

  private async writeKeys(): Promise<void> {
    while (this.isOn) {
      const value = String(this.written + 1);
      await eventually(() => this.kit.kv.bucket(Buckets.Control).put('key', value), { timeoutMs: ELECTIONS_MS });
      this.written += 1;
      await new Promise((resolve) => setTimeout(resolve, PACE_MS));
    }
  }
}

function note(counts: Map<string, number>, data: Uint8Array): void {
  const { toolCallId } = JSON.parse(Buffer.from(data).toString()) as { toolCallId: string };
  counts.set(toolCallId, (counts.get(toolCallId) ?? 0) + 1);
}

describe('a NATS cluster of three', () => {
  let cluster: NatsCluster;
  const kits: MessagingKit[] = [];

  beforeEach(async () => {
    cluster = await NatsCluster.start();
  }, 60_000);
  afterEach(async () => {
    for (const kit of kits.splice(0)) await kit.close();
    await cluster.dispose();
  }, 60_000);

  async function open(replicas?: number, url = cluster.urls): Promise<MessagingKit> {
    const kit = await openMessaging({ url, storeBytes, ...(replicas !== undefined && { replicas }) });
    kits.push(kit);
    return kit;
  }

  async function replicasOf(kit: MessagingKit): Promise<number[]> {
    const all = await Promise.all(ALL.map((name) => kit.connection.manager.streams.info(name)));
    return [...new Set(all.map(({ config }) => config.num_replicas))];
  }

  it.each([
    ['SIGKILL', 'the leader of TOOL_CALLS'],
    ['SIGKILL', 'the meta leader'],
    ['SIGTERM', 'the leader of TOOL_CALLS'],
  ] as const)(
    'loses nothing when %s ends %s, and everything goes on',
    async (signal, who) => {
      const load = new Load(await open(3));
      await load.start();
      await eventually(() => load.consumed.size >= 100 && load.read.size >= 100, { timeoutMs: ELECTIONS_MS });

      const victim = who === 'the meta leader' ? await cluster.metaLeader() : await cluster.leaderOf(Streams.ToolCalls);
      const before = performance.now();
      await victim.kill(signal);
      const known = { accepted: load.accepted.size, written: load.written };
      await eventually(() => load.accepted.size > known.accepted + 100, { timeoutMs: ELECTIONS_MS });
      await eventually(() => load.written > known.written + 10, { timeoutMs: ELECTIONS_MS });
      await load.stop();

      const ids = [...load.accepted];
      await eventually(() => ids.every((id) => load.read.has(id) && load.consumed.has(id)), {
        timeoutMs: ELECTIONS_MS,
      });
      await eventually(() => load.watched.at(-1) === String(load.written), { timeoutMs: ELECTIONS_MS });
      const took = Math.round(performance.now() - before);
      process.stdout.write(`${signal} of ${who}: all ${String(ids.length)} accounted for after ${String(took)} ms\n`);
      await load.close();
      expect([...load.read.values()].filter((times) => times !== 1)).toEqual([]);
      expect(load.read.size).toBe(ids.length);
      expect(load.consumed.size).toBe(ids.length);
    },
    120_000,
  );

  it('gets more copies while it runs, which a service that is not updated leaves as they are', async () => {
    const old = await open(1);
    const event = old.publisher.events.toolCall(aToolCall({ toolCallId: 'before' }));
    await old.publisher.publish(event);
    const updated = await open(3);
    expect(await replicasOf(updated)).toEqual([3]);
    await eventually(async () => {
      const { cluster: group } = await updated.connection.manager.streams.info(Streams.ToolCalls);
      return group?.replicas?.length === 2 && group.replicas.every(({ current }) => current);
    });
    // The old one loses its connection, and provisions again.
    const reconnected = new Promise<void>((resolve) => {
      old.connection.onReconnected(resolve);
    });
    const port = old.connection.nats.info?.port;
    await cluster.members.find(({ url }) => url.endsWith(`:${String(port)}`))?.restart();
    await reconnected;
    await open(1);
    await open();
    expect(await eventually(() => replicasOf(updated), { timeoutMs: ELECTIONS_MS })).toEqual([3]);
    expect(await updated.reader.last(Streams.ToolCalls, event.subject)).toMatchObject({ subject: event.subject });
  }, 90_000);

  it('gets fewer copies by an operator', async () => {
    const kit = await open(3);
    const operator = await MessagingOperator.open({ url: cluster.urls, service: 'spec' });
    try {
      expect(await operator.streamSettings.apply({ replicas: 1, storeBytes })).toHaveLength(ALL.length);
      expect(await replicasOf(kit)).toEqual([1]);
      expect(await operator.streamSettings.apply({ replicas: 1, storeBytes })).toEqual([]);
    } finally {
      await operator.close();
    }
  }, 60_000);

  it('says how many servers are missing for the copies that are asked for', async () => {
    // It waits first: the others may be starting.
    await expect(open(5)).rejects.toMatchObject({
      code: 'server-unfit',
      message: expect.stringMatching(/NATS_REPLICAS=5 needs 5 servers with JetStream, and the NATS cluster shows 3 /),
    });
  }, 90_000);
});
