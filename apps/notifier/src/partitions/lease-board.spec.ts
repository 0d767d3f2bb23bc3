import type { KvChange, KvWatchOptions } from '@interject/messaging';
import { VirtualClock } from '@interject/testing';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { LeaseBoard, notifierKey, partitionKey } from './lease-board.js';

let clock: VirtualClock;
let change: (entry: Partial<KvChange> & { readonly key: string }) => void;
let board: LeaseBoard;

async function start(initial: (Partial<KvChange> & { readonly key: string })[] = []): Promise<void> {
  clock = new VirtualClock();
  const bucket = {
    watch: (options: KvWatchOptions) => {
      change = (entry) => {
        options.onEntry({ value: new Uint8Array(), revision: 1, storedAt: 0, deleted: false, ...entry });
      };
      initial.forEach(change);
      options.onCaughtUp?.();
      return Promise.resolve({ lastSequence: 0, stop: () => Promise.resolve() });
    },
  };
  board = new LeaseBoard(bucket, clock);
  await board.start();
}

describe('LeaseBoard', () => {
  beforeEach(() => start());

  it('takes a lease for expired when its revision has not changed for 3 s, whatever else happens', async () => {
    change({ key: partitionKey(3), revision: 7 });
    await clock.advance(2999);
    expect(board.leases()).toEqual([{ partition: 3, revision: 7, isExpired: false, isDoubtful: false }]);
    change({ key: partitionKey(3), revision: 7 });
    await clock.advance(1);
    expect(board.leases()[0]?.isExpired).toBe(true);
    change({ key: partitionKey(3), revision: 8 });
    expect(board.leases()[0]).toMatchObject({ revision: 8, isExpired: false });
  });

  it('forgets a lease that was given back, at once', () => {
    change({ key: partitionKey(3) });
    change({ key: partitionKey(3), revision: 2, deleted: true });
    expect(board.leases()).toEqual([]);
  });

  it('counts the notifiers that have shown themselves lately', async () => {
    change({ key: notifierKey('a') });
    await clock.advance(2000);
    change({ key: notifierKey('b'), revision: 2 });
    expect(board.liveNotifiers()).toEqual(['a', 'b']);
    await clock.advance(1000);
    expect(board.liveNotifiers()).toEqual(['b']);
  });

  it('knows no age of a lease that was there at the start, until it changes', async () => {
    await start([{ key: partitionKey(0) }]);
    expect(board.leases()[0]?.isDoubtful).toBe(true);
    change({ key: partitionKey(0), revision: 2 });
    expect(board.leases()[0]?.isDoubtful).toBe(false);
  });
});
