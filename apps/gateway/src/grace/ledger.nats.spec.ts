import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Buckets } from '@interject/contracts';
import { openMessaging } from '@interject/messaging/testing';
import type { MessagingKit } from '@interject/messaging/testing';
import { Log, SystemClock } from '@interject/observability';
import { eventually, NatsServer } from '@interject/testing';
import { Ledger } from './ledger.service.js';

const ANSWER = { as: 'error', text: 'No such order.' } as const;
const never = new AbortController().signal;

describe('the ledger', () => {
  let server: NatsServer;
  let kit: MessagingKit;
  let ledger: Ledger;

  beforeAll(async () => {
    server = await NatsServer.start();
    kit = await openMessaging({ url: server.url });
    ledger = new Ledger(kit.kv, new SystemClock(), Log.silent());
  });
  afterAll(async () => {
    await kit.close();
    await server.dispose();
  });

  async function claimed(outcome: ReturnType<Ledger['create']>): Promise<number> {
    const { kind, revision } = (await outcome) as { kind: string; revision: number };
    expect(kind).toBe('claimed');
    return revision;
  }

  it('lets one claim stand, and tells the others what it says', async () => {
    const revision = await claimed(ledger.create('one', ANSWER, 'a'));
    const found = { kind: 'found', claim: { kind: 'inline', answer: ANSWER, revision, by: 'a', isDelivered: false } };
    expect(await ledger.create('one', 'spoken', 'b')).toEqual(found);
    expect(await ledger.create('one', { as: 'result', text: 'other' }, 'b')).toEqual(found);
    expect(await ledger.look('one')).toEqual(found.claim);
    expect(await ledger.look('none')).toBeUndefined();
  });

  it('hands an inline claim to whoever takes it over; its first owner withdraws it no more', async () => {
    const first = await claimed(ledger.create('handed', ANSWER, 'a'));
    const second = await claimed(ledger.takeOver('handed', ANSWER, first, 'b'));
    expect(await ledger.takeOver('handed', ANSWER, first, 'c')).toMatchObject({
      kind: 'found',
      claim: { revision: second },
    });
    await ledger.makeSpoken('handed', 'a', first, never);
    expect(await ledger.look('handed')).toMatchObject({ kind: 'inline', by: 'b' });
    await ledger.makeSpoken('handed', 'b', second, never);
    expect(await ledger.look('handed')).toEqual({ kind: 'spoken' });
    expect(await ledger.takeOver('handed', ANSWER, second, 'c')).toEqual({ kind: 'found', claim: { kind: 'spoken' } });
  });

  it('when it is full, claims nothing, withdraws what is ours, and has nothing to withdraw of what was refused', async () => {
    await ledger.create('ours', ANSWER, 'a');
    const { streams } = kit.connection.manager;
    const { config, state } = await streams.info('KV_ledger');
    await streams.update('KV_ledger', { ...config, max_bytes: state.bytes });
    try {
      expect(await ledger.create('refused', ANSWER, 'a')).toEqual({ kind: 'failed' });
      await ledger.makeSpoken('refused', 'a', undefined, never);
      expect(await ledger.look('refused')).toBeUndefined();
      await ledger.makeSpoken('ours', 'a', undefined, never);
      expect(await ledger.look('ours')).toEqual({ kind: 'spoken' });
    } finally {
      await streams.update('KV_ledger', config);
    }
  });

  it('finds its own claim by its name when it never learned the revision, and claims what nobody has', async () => {
    await ledger.create('unsure', ANSWER, 'a');
    await ledger.makeSpoken('unsure', 'b', undefined, never);
    expect(await ledger.look('unsure')).toMatchObject({ kind: 'inline' });
    await ledger.makeSpoken('unsure', 'a', undefined, never);
    expect(await ledger.look('unsure')).toEqual({ kind: 'spoken' });
    await ledger.makeSpoken('unclaimed', 'a', undefined, never);
    expect(await ledger.look('unclaimed')).toEqual({ kind: 'spoken' });
  });

  it.each<[string, string, object]>([
    ['that is no JSON as spoken', '{"claim', { kind: 'spoken' }],
    ['of an unknown kind as spoken', '{"claim":"sung"}', { kind: 'spoken' }],
    [
      'without words as inline, as the notifier does',
      '{"claim":"inline"}',
      { kind: 'inline', answer: { as: 'result' } },
    ],
  ])('reads a claim %s', async (name, value, claim) => {
    const key = String(name.length);
    await kit.kv.bucket(Buckets.Ledger).put(key, value);
    expect(await ledger.look(key)).toMatchObject(claim);
  });

  it('fails at once while NATS is away, and withdraws a claim as soon as it is back', async () => {
    const revision = await claimed(ledger.create('outage', ANSWER, 'a'));
    await server.stop();
    await eventually(() => !kit.connection.isConnected);
    expect(await ledger.create('never', ANSWER, 'a')).toEqual({ kind: 'failed' });
    await expect(ledger.look('never')).rejects.toMatchObject({ code: 'disconnected' });
    const withdrawn = ledger.makeSpoken('outage', 'a', revision, never);
    const givenUp = new AbortController();
    const gaveUp = ledger.makeSpoken('never', 'a', undefined, givenUp.signal);
    givenUp.abort();
    await gaveUp;
    await server.launch();
    await withdrawn;
    expect(await ledger.look('outage')).toEqual({ kind: 'spoken' });
    expect(await ledger.look('never')).toBeUndefined();
  }, 30_000);
});
