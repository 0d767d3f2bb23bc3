import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Buckets } from '@interject/contracts';
import { eventually, NatsServer } from '@interject/testing';
import { openMessaging } from '../testing/messaging-kit.js';
import type { MessagingKit } from '../testing/messaging-kit.js';
import type { KvBucket, KvChange } from './kv-bucket.js';

describe('a KV bucket', () => {
  let server: NatsServer;
  let kit: MessagingKit;
  let bucket: KvBucket;

  beforeAll(async () => {
    server = await NatsServer.start();
    kit = await openMessaging({ url: server.url });
    bucket = kit.kv.bucket(Buckets.Ledger);
  });
  afterAll(async () => {
    await kit.close();
    await server.dispose();
  });

  const textOf = (value: Uint8Array | undefined): string => Buffer.from(value ?? []).toString();

  it('creates once, updates by revision, deletes by revision and creates again', async () => {
    const revision = await bucket.create('k', 'one');
    await expect(bucket.create('k', 'two')).rejects.toMatchObject({ code: 'key-exists' });
    await expect(bucket.update('k', 'two', revision + 1)).rejects.toMatchObject({ code: 'sequence-conflict' });
    const updated = await bucket.update('k', 'two', revision);
    expect(textOf((await bucket.get('k'))?.value)).toBe('two');
    await expect(bucket.delete('k', revision)).rejects.toMatchObject({ code: 'sequence-conflict' });
    await bucket.delete('k', updated);
    expect(await bucket.get('k')).toBeUndefined();
    await bucket.create('k', 'three');
    expect(textOf((await bucket.get('k'))?.value)).toBe('three');
  });

  it('leaves nothing of a purged key but a marker', async () => {
    await bucket.put('secret', 'value');
    await bucket.purge('secret');
    expect(await bucket.get('secret')).toBeUndefined();
    expect(await bucket.keys()).not.toContain('secret');
  });

  it('shows a watcher what is there, then every change, also over a restart of the server', async () => {
    await bucket.put('watched', 'before');
    const changes: KvChange[] = [];
    let isCaughtUp = false;
    const watch = await bucket.watch({
      onEntry: (entry) => changes.push(entry),
      onCaughtUp: () => {
        isCaughtUp = true;
      },
    });
    const last = (): string => {
      const entry = changes.filter((change) => change.key === 'watched').at(-1);
      return entry?.deleted === true ? '(deleted)' : textOf(entry?.value);
    };
    await eventually(() => isCaughtUp);
    expect(last()).toBe('before');
    await server.restart();
    await eventually(() => bucket.put('watched', 'after'));
    await eventually(() => last() === 'after');
    await bucket.delete('watched');
    await eventually(() => last() === '(deleted)');
    await watch.stop();
  }, 20_000);

  it('tells a watcher that it starts again, and whether the bucket was made anew', async () => {
    const workers = kit.kv.bucket(Buckets.Workers);
    await eventually(() => workers.put('old', 'value'));
    const seen: string[] = [];
    let heard = 0;
    const watch = await workers.watch({
      onEntry: ({ key }) => seen.push(key),
      onHeard: () => {
        heard += 1;
      },
      onRestart: ({ isNewStream }) => seen.push(isNewStream ? '(new bucket)' : '(again)'),
    });
    await eventually(() => seen.includes('old'));
    // Nothing is written, and yet the broker is heard.
    const before = heard;
    await eventually(() => heard > before);
    // It is in memory: the restart takes it along.
    await server.restart();
    await eventually(() => workers.put('new', 'value'));
    await eventually(() => seen.includes('new'));
    expect(seen.filter((key) => key !== '(again)')).toEqual(['old', '(new bucket)', 'new']);
    await watch.stop();
  }, 20_000);

  it('lets leases expire', async () => {
    const leases = kit.kv.bucket(Buckets.Leases);
    // The restart above took the bucket along: it is in memory, and made again on the reconnect.
    await eventually(() => leases.create('lease', 'owner'));
    await eventually(async () => (await leases.get('lease')) === undefined, { timeoutMs: 8000, intervalMs: 200 });
    await leases.create('lease', 'next owner');
  }, 10_000);

  it('keeps the number of partitions of the first start', async () => {
    await expect(openMessaging({ url: server.url, partitions: 8 })).rejects.toMatchObject({
      code: 'partition-mismatch',
    });
    const second = await openMessaging({ url: server.url, partitions: 16 });
    expect(second.publisher.events.partitions).toBe(16);
    await second.close();
  });
});
