import type { Checkpoint, UtteranceBatch, UtteranceRecord } from '@interject/contracts';
import { MessagingError } from '@interject/messaging';
import type { LogMessage, StoredMessage } from '@interject/messaging';
import { Linger, Log } from '@interject/observability';
import { eventually, VirtualClock } from '@interject/testing';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { SeldomLog } from '../seldom-log.js';
import { FROM_THE_START } from './inheritance.js';
import { UtteranceLog } from './utterance-log.js';

interface Append {
  readonly expected: number;
  readonly message: LogMessage;
  readonly store: (sequence: number) => void;
  readonly fail: (error: unknown) => void;
}

const record = (utteranceId: string): UtteranceRecord => ({
  utteranceId,
  callId: 'c',
  source: 'result',
  class: 'result',
  state: 'sending',
  attempt: 1,
  times: { queuedAt: 1 },
});
const batchOf = (append: Append | undefined): UtteranceBatch => append?.message.data as UtteranceBatch;

let appends: Append[];
let clock: VirtualClock;
let checkpoint: Checkpoint;
let losses: number;
let stored: [string, number][];

let isEmptied: boolean;
let refusals: string[];
let list: ReturnType<ConstructorParameters<typeof UtteranceLog>[0]['list']>;
let listedIn: number[];
let isHeld: boolean;

function messageOf(batch: object | undefined, sequence: number): StoredMessage | undefined {
  if (batch === undefined) return undefined;
  return { subject: 's', sequence, storedAt: 0, headers: {}, data: Buffer.from(JSON.stringify(batch)) };
}

/** @param batches what the log holds, by sequence; the last one is what it ends with */
function open(...batches: object[]): UtteranceLog {
  const bySequence = new Map(batches.map((batch, i) => [40 - batches.length + 1 + i, batch]));
  return new UtteranceLog({
    appendLog: {
      append: (_subject, expected, message) =>
        new Promise((resolve, reject) => appends.push({ expected, message, store: resolve, fail: reject })),
    },
    reader: {
      last: () => Promise.resolve(isEmptied ? undefined : messageOf(batches.at(-1), 40)),
      at: (_stream, sequence) => Promise.resolve(messageOf(bySequence.get(sequence), sequence)),
    },
    clock,
    log: Log.silent(),
    seldomLog: new SeldomLog(Log.silent(), clock),
    linger: new Linger(clock),
    onRefused: (code) => refusals.push(code),
    list: () => list,
    onListStored: (sequence) => listedIn.push(sequence),
    isHeld: () => isHeld,
    owner: 'me.1',
    partition: 3,
    checkpoint: () => checkpoint,
    onLost: () => {
      losses += 1;
    },
  });
}

async function taken(): Promise<UtteranceLog> {
  const log = open({ owner: 'another.1', kind: 'records', checkpoint: FROM_THE_START, records: [] });
  const done = log.takeOver(() => true);
  await eventually(() => appends.length === 1);
  appends.shift()?.store(41);
  await done;
  return log;
}

function append(log: UtteranceLog, id: string): void {
  log.append(record(id), (waitedMs) => stored.push([id, waitedMs]));
}

describe('UtteranceLog', () => {
  beforeEach(() => {
    appends = [];
    stored = [];
    losses = 0;
    refusals = [];
    list = undefined;
    listedIn = [];
    isHeld = true;
    isEmptied = false;
    clock = new VirtualClock();
    checkpoint = { toolCalls: 5, callEvents: 6, utterances: 7 };
  });

  it('fences the predecessor behind its last batch, and gives the checkpoint found there', async () => {
    const found = { toolCalls: 11, callEvents: 12, utterances: 13 };
    const log = open({ owner: 'them.1', kind: 'records', checkpoint: found, records: [] });
    const done = log.takeOver(() => true);
    await eventually(() => appends.length === 1);
    expect(appends[0]?.expected).toBe(40);
    expect(batchOf(appends[0])).toEqual({ owner: 'me.1', kind: 'owner-changed', checkpoint: found, records: [] });
    appends[0]?.store(41);
    expect(await done).toEqual({ checkpoint: found, carried: [] });
    expect(log.lastSequence).toBe(41);
  });

  it('reads everything again when the last batch cannot be read', async () => {
    const done = open({ odd: true }).takeOver(() => true);
    await eventually(() => appends.length === 1);
    appends[0]?.store(41);
    expect(await done).toEqual({ checkpoint: FROM_THE_START, carried: [] });
  });

  it('tries again behind what a predecessor has just written, while the lease is held', async () => {
    let isHeld = true;
    const done = open().takeOver(() => isHeld);
    await eventually(() => appends.length === 1);
    appends[0]?.fail(new MessagingError('sequence-conflict', 'taken'));
    await eventually(() => appends.length === 2);
    isHeld = false;
    appends[1]?.fail(new MessagingError('sequence-conflict', 'taken'));
    expect(await done).toBeUndefined();
  });

  it('writes what a POST waits for at once, and what nobody waits for with the next or within 50 ms', async () => {
    const log = await taken();
    const final = (id: string): void => {
      log.append({ ...record(id), state: 'heard' }, (waitedMs) => stored.push([id, waitedMs]));
    };
    final('a');
    await clock.advance(20);
    expect(appends).toHaveLength(0);
    expect(log.isBusy).toBe(true);
    append(log, 'b');
    expect(batchOf(appends[0]).records.map((r) => r.utteranceId)).toEqual(['a', 'b']);
    appends[0]?.store(50);
    await eventually(() => !log.isBusy);
    final('c');
    final('d');
    await clock.advance(50);
    expect(batchOf(appends[1]).records.map((r) => r.utteranceId)).toEqual(['c', 'd']);
    expect(appends[1]?.expected).toBe(50);
  });

  it('has one append in flight; the next takes along all that came since', async () => {
    const log = await taken();
    append(log, 'a');
    append(log, 'b');
    append(log, 'c');
    expect(appends.map((one) => batchOf(one).records.map((r) => r.utteranceId))).toEqual([['a']]);
    await clock.advance(30);
    appends[0]?.store(50);
    await eventually(() => appends.length === 2);
    expect(stored).toEqual([['a', 30]]);
    expect(appends[1]?.expected).toBe(50);
    expect(batchOf(appends[1]).records.map((r) => r.utteranceId)).toEqual(['b', 'c']);
    expect(batchOf(appends[1]).checkpoint).toEqual(checkpoint);
    appends[1]?.store(51);
    await eventually(() => stored.length === 3);
  });

  it('repeats an append of unknown fate as it was', async () => {
    const log = await taken();
    append(log, 'a');
    append(log, 'b');
    appends[0]?.fail(new MessagingError('timeout', 'no answer'));
    await eventually(() => appends.length === 2);
    expect(appends[1]).toMatchObject({ expected: appends[0]?.expected, message: appends[0]?.message });
    expect(stored).toEqual([]);
  });

  it('goes on behind nothing when all of it has aged away, as long as the lease is held', async () => {
    const log = await taken();
    append(log, 'a');
    isEmptied = true;
    appends[0]?.fail(new MessagingError('sequence-conflict', 'wrong last sequence'));
    await eventually(() => appends.length === 2);
    expect(appends[1]?.expected).toBe(0);
    appends[1]?.store(900);
    await eventually(() => stored.length === 1);
    expect(losses).toBe(0);
    expect(refusals).toEqual(['sequence-conflict']);
  });

  it('does not go on behind nothing when the lease is not held', async () => {
    const log = await taken();
    append(log, 'a');
    isEmptied = true;
    isHeld = false;
    appends[0]?.fail(new MessagingError('sequence-conflict', 'wrong last sequence'));
    await eventually(() => losses === 1);
  });

  it('repeats an append for as long as the store is full, and counts that', async () => {
    const log = await taken();
    append(log, 'a');
    for (let i = 0; i < 3; i += 1) {
      appends[i]?.fail(new MessagingError('store-full', 'no space'));
      await eventually(() => appends.length === i + 2);
    }
    expect(stored).toEqual([]);
    appends[3]?.store(42);
    await eventually(() => stored.length === 1);
    expect(refusals).toEqual(['store-full', 'store-full', 'store-full']);
  });

  it('tells along with the next batch which calls are closed', async () => {
    const log = await taken();
    log.callClosed({ callToken: 'x', before: 9 });
    expect(appends).toEqual([]);
    append(log, 'a');
    expect(batchOf(appends[0]).closed).toEqual([{ callToken: 'x', before: 9 }]);
    appends[0]?.store(42);
    await eventually(() => stored.length === 1);
    log.keepCheckpoint();
    expect(appends.length).toBe(1);
    log.callClosed({ callToken: 'y', before: 10 });
    log.keepCheckpoint();
    expect(batchOf(appends[1]).closed).toEqual([{ callToken: 'y', before: 10 }]);
  });

  it('writes a list of carried calls only when nothing waits behind it, and hands it to a successor', async () => {
    const log = await taken();
    append(log, 'a');
    const carried = [{ callId: 'old', start: checkpoint, toolCalls: [], announcements: [], records: [] }];
    list = { carried, checkpoint: { toolCalls: 50, callEvents: 60, utterances: 70 } };
    for (let i = 0; i < 65; i += 1) append(log, `b${String(i)}`);
    appends[0]?.store(42);
    await eventually(() => appends.length === 2);
    expect(batchOf(appends[1]).carried).toBeUndefined();
    appends[1]?.store(43);
    await eventually(() => appends.length === 3);
    const batch = batchOf(appends[2]);
    expect(batch).toMatchObject({ carried, checkpoint: { callEvents: 60 } });
    list = undefined;
    appends[2]?.store(44);
    await eventually(() => listedIn.length === 1);
    expect(listedIn).toEqual([44]);

    const heirs = [
      open(batch),
      open(batch, { owner: 'me.1', kind: 'records', checkpoint: { ...batch.checkpoint, carriedIn: 39 }, records: [] }),
    ];
    for (const [i, heir] of heirs.entries()) {
      const done = heir.takeOver(() => true);
      await eventually(() => appends.length === 4 + i);
      appends[3 + i]?.store(45);
      const carriedIn = i === 0 ? 40 : 39;
      expect(await done).toMatchObject({ carried, checkpoint: { callEvents: 60, carriedIn } });
      expect(batchOf(appends[3 + i]).checkpoint.carriedIn).toBe(carriedIn);
    }
  });

  it('is lost when somebody else wrote: nothing more is stored or told', async () => {
    const log = await taken();
    append(log, 'a');
    append(log, 'b');
    appends[0]?.fail(new MessagingError('sequence-conflict', 'another writer'));
    await eventually(() => losses === 1);
    append(log, 'c');
    expect(appends.length).toBe(1);
    expect(stored).toEqual([]);
  });

  it('writes a checkpoint by itself only when it has moved', async () => {
    const log = await taken();
    log.keepCheckpoint();
    expect(batchOf(appends[0])).toMatchObject({ records: [], checkpoint });
    appends[0]?.store(42);
    await eventually(() => log.lastSequence === 42);
    log.keepCheckpoint();
    expect(appends.length).toBe(1);
    await clock.advance(3_600_000);
    log.keepCheckpoint();
    expect(appends.length).toBe(2);
  });

  it('writes nothing once closed', async () => {
    const log = await taken();
    append(log, 'a');
    log.close();
    appends[0]?.store(42);
    append(log, 'b');
    await clock.advance(1);
    expect(stored).toEqual([]);
    expect(appends.length).toBe(1);
  });
});
