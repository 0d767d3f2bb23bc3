import { MessagingError } from '@interject/messaging';
import { VirtualClock } from '@interject/testing';
import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Lease } from './lease.js';
import { LeaseStore } from './lease-store.js';

const { signal } = new AbortController();
const yes = (): Promise<boolean> => Promise.resolve(true);
let clock: VirtualClock;
let entry: { readonly value: string; readonly revision: number } | undefined;
let revision: number;
let store: LeaseStore;

function write(value: Uint8Array | string): Promise<number> {
  revision += 1;
  entry = { value: Buffer.from(value).toString(), revision };
  return Promise.resolve(revision);
}
const refused = (): Promise<never> => Promise.reject(new MessagingError('key-exists', 'Taken.'));

const bucket = {
  create: (_key: string, value: Uint8Array | string) => (entry === undefined ? write(value) : refused()),
  update: (_key: string, value: Uint8Array | string, expected: number) =>
    entry?.revision === expected ? write(value) : refused(),
  get: () => Promise.resolve(entry === undefined ? undefined : { ...entry, value: Buffer.from(entry.value) }),
};

/** A lease that the store has forgotten, `ageMs` after it was ours for certain. */
async function ended(ageMs: number): Promise<Lease> {
  const lease = await store.claim({ partition: 3 });
  if (lease === undefined) throw new Error('not claimed');
  entry = undefined;
  await clock.advance(ageMs);
  expect(await store.renew(lease)).toBe(false);
  return lease;
}

beforeEach(() => {
  clock = new VirtualClock();
  entry = undefined;
  revision = 0;
  store = new LeaseStore(bucket as unknown as ConstructorParameters<typeof LeaseStore>[0], 'a', clock);
});

describe('a lease that has ended', () => {
  it('is taken again when nobody has it and nothing was missed: it may speak then, and is renewed as before', async () => {
    const lease = await ended(4000);
    expect(lease.maySpeak).toBe(false);
    expect(await store.takeAgain(lease, yes, signal)).toEqual({ isKept: true, revision: 2 });
    expect(lease.maySpeak).toBe(true);
    expect(await store.renew(lease)).toBe(true);
  });

  it('is lost to who was faster', async () => {
    const lease = await ended(4000);
    await write('{"notifier":"b"}');
    expect(await store.takeAgain(lease, yes, signal)).toEqual({ isKept: false });
    expect(lease.maySpeak).toBe(false);
  });

  it.each([
    ['something was missed', 4000, () => Promise.resolve(false)],
    ['it cannot be told', 4000, () => Promise.reject(new Error('no answer'))],
    ['that was long ago', 10_000, yes],
  ])('is ours, but not what is known, when %s; nor is it by a renewal then', async (_when, ageMs, isUpToDate) => {
    const lease = await ended(ageMs);
    expect(await store.takeAgain(lease, isUpToDate, signal)).toEqual({ isKept: false, revision: 2 });
    expect(lease.maySpeak).toBe(false);
    expect(await store.renew(lease)).toBe(false);
    expect(await store.claim({ partition: 3, revision: 2 })).toMatchObject({ revision: 3 });
  });
});
