import { Log } from '@interject/observability';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { Buckets, Streams } from '@interject/contracts';
import { NatsServer } from '@interject/testing';
import type { NatsServerOptions } from '@interject/testing';
import { StorageType } from 'nats';
import type { StreamInfo } from 'nats';
import { MessagingOperator } from '../operator/messaging-operator.js';
import { openMessaging } from '../testing/messaging-kit.js';
import type { MessagingKit } from '../testing/messaging-kit.js';
import { Provisioner } from './provisioner.js';
import { LARGEST_MESSAGE_BYTES } from './server-fitness.js';
import { topology } from './topology.js';

const MIB = 1024 * 1024;
const GIB = 1024 * MIB;
const ALL = topology({ replicas: 1, storeBytes: GIB }).map(({ name }) => name);

describe('provisioning', () => {
  let server: NatsServer | undefined;
  const kits: MessagingKit[] = [];

  afterEach(async () => {
    for (const kit of kits.splice(0)) await kit.close();
    await server?.dispose();
    server = undefined;
  });

  async function start(options?: NatsServerOptions): Promise<string> {
    server = await NatsServer.start(options);
    return server.url;
  }

  async function open(...[options]: Parameters<typeof openMessaging>): Promise<MessagingKit> {
    const kit = await openMessaging(options);
    kits.push(kit);
    return kit;
  }

  async function streams(kit: MessagingKit): Promise<Map<string, StreamInfo>> {
    const found = await Promise.all(ALL.map((name) => kit.connection.manager.streams.info(name)));
    return new Map(found.map((info) => [info.config.name, info]));
  }

  const bytesOf = (found: Map<string, StreamInfo>, name: string): number | undefined =>
    found.get(name)?.config.max_bytes;

  it('makes every stream and bucket once, with several services at a time', async () => {
    const url = await start();
    const opened = await Promise.all([1, 2, 3].map(() => open({ url })));
    const [kit] = opened;
    if (kit === undefined) throw new Error('Nothing was opened.');
    expect([...(await streams(kit)).keys()].sort()).toEqual([...ALL].sort());
  });

  it('raises limits when asked to, and lowers nothing by itself', async () => {
    const url = await start();
    const small = await open({ url, storeBytes: GIB });
    const before = await streams(small);
    const large = await open({ url, storeBytes: 2 * GIB });
    const raised = await streams(large);
    expect(bytesOf(raised, Streams.CallEvents)).toBe(2 * (bytesOf(before, Streams.CallEvents) ?? 0));
    // A service that has not been updated starts again, and another one that says nothing of it.
    await open({ url, storeBytes: GIB });
    await open({ url });
    expect(bytesOf(await streams(large), Streams.CallEvents)).toBe(bytesOf(raised, Streams.CallEvents));
  });

  it('lowers limits by an operator, but not below what is in a stream', async () => {
    const url = await start();
    const kit = await open({ url, storeBytes: GIB });
    for (let i = 0; i < 20; i += 1)
      await kit.connection.jetstream.publish('calls.0.token.status', new Uint8Array(100_000));
    const operator = await MessagingOperator.open({ url, service: 'spec' });
    try {
      await expect(operator.streamSettings.apply({ replicas: 1, storeBytes: 2 * MIB })).rejects.toMatchObject({
        code: 'store-full',
      });
      const changed = await operator.streamSettings.apply({ replicas: 1, storeBytes: 100 * MIB });
      expect(changed).toContain(Streams.CallEvents);
      const after = await streams(kit);
      expect(bytesOf(after, Streams.CallEvents)).toBe(33 * MIB);
      expect(after.get(Streams.CallEvents)?.state.messages).toBe(20);
    } finally {
      await operator.close();
    }
  });

  it('makes a missing stream and mends wrong subjects', async () => {
    const url = await start();
    const kit = await open({ url });
    const { manager } = kit.connection;
    await manager.streams.delete(Streams.DeadLetters);
    await manager.streams.update(Streams.ToolCalls, { subjects: ['elsewhere'] });
    const again = await open({ url });
    const found = await streams(again);
    expect(found.get(Streams.DeadLetters)?.config.subjects).toEqual(['dead-letters.*.*']);
    expect(found.get(Streams.ToolCalls)?.config.subjects).toEqual(['tool-calls.*.*.*']);
  });

  it('says which stream has the wrong storage, and what to do', async () => {
    const url = await start();
    const kit = await open({ url });
    await kit.connection.manager.streams.delete(Streams.Floor);
    await kit.connection.manager.streams.add({
      name: Streams.Floor,
      subjects: ['floor.*.*'],
      storage: StorageType.File,
    });
    await expect(open({ url })).rejects.toMatchObject({
      code: 'stream-conflict',
      retryable: false,
      message: expect.stringMatching(
        /FLOOR cannot be changed in place .*storage is file, it has to be memory.*delete it/s,
      ),
    });
  });

  it('takes for its own what another service makes in the same moment', async () => {
    const url = await start();
    const { connection, kv } = await open({ url });
    const { streams } = connection.manager;
    await streams.delete(Streams.Floor);
    const add = streams.add.bind(streams);
    // What nats-server 2.9 then says at times, though the stream is the one that was asked for.
    const overtaken = jest.spyOn(streams, 'add').mockImplementationOnce(async (shape) => {
      await add(shape);
      return add({ name: 'SECOND', subjects: shape.subjects ?? [] });
    });
    const provisioner = new Provisioner(connection, kv, Log.silent());
    await expect(provisioner.provision({ url, service: 'spec' })).resolves.toBeGreaterThan(0);
    expect(overtaken).toHaveBeenCalledTimes(1);
    expect((await streams.info(Streams.Floor)).config.storage).toBe(StorageType.Memory);
  });

  it('says when another stream has our subjects', async () => {
    const url = await start();
    const kit = await open({ url });
    await kit.connection.manager.streams.delete(Streams.Utterances);
    await kit.connection.manager.streams.add({ name: 'FOREIGN', subjects: ['utterances.>'] });
    await expect(open({ url })).rejects.toMatchObject({
      code: 'stream-conflict',
      message: expect.stringMatching(/Another stream stores subjects of UTTERANCES/),
    });
  });

  it('refuses copies that a single server cannot hold, at once', async () => {
    const url = await start();
    await open({ url });
    const began = performance.now();
    await expect(open({ url, replicas: 3 })).rejects.toMatchObject({
      code: 'server-unfit',
      retryable: false,
      message: expect.stringMatching(/NATS_REPLICAS=3 needs 3 servers.*not part of a cluster.*set NATS_REPLICAS/s),
    });
    expect(performance.now() - began).toBeLessThan(5000);
  });

  it('refuses a store that the server has no room for', async () => {
    const url = await start({ maxStoreBytes: 512 * MIB });
    await expect(open({ url })).rejects.toMatchObject({
      code: 'store-full',
      message: expect.stringMatching(/no room for the stream .*reserves 3\d{3} MiB.*max_file_store.*NATS_STORE_GIB/s),
    });
  });

  it('fits into a small server with a small store', async () => {
    const url = await start({ maxStoreBytes: 128 * MIB });
    const kit = await open({ url, storeBytes: 100 * MIB });
    expect(bytesOf(await streams(kit), `KV_${Buckets.Tools}`)).toBe(16 * MIB);
  });

  it('refuses a server whose messages are too small, before it makes a stream', async () => {
    const url = await start({ maxPayload: LARGEST_MESSAGE_BYTES - 1 });
    await expect(open({ url })).rejects.toMatchObject({
      code: 'server-unfit',
      message: expect.stringMatching(/655359 bytes at most \(max_payload\).*needs 655360/s),
    });
  });
});
