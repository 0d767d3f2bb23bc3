import type { Checkpoint, UtteranceBatch, UtteranceRecord } from '@interject/contracts';
import { MessagingError } from '@interject/messaging';
import type { LogMessage } from '@interject/messaging';
import { Log } from '@interject/observability';
import { eventually, VirtualClock } from '@interject/testing';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { FROM_THE_START, UtteranceLog } from './utterance-log.js';

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

function open(lastBatch?: object): UtteranceLog {
  return new UtteranceLog({
    appendLog: {
      append: (_subject, expected, message) =>
        new Promise((resolve, reject) => appends.push({ expected, message, store: resolve, fail: reject })),
    },
    reader: {
      last: () =>
        Promise.resolve(
          lastBatch && {
            subject: 's',
            sequence: 40,
            storedAt: 0,
            headers: {},
            data: Buffer.from(JSON.stringify(lastBatch)),
          },
        ),
    },
    clock,
    log: Log.silent(),
    owner: 'me.1',
    partition: 3,
    checkpoint: () => checkpoint,
    onLost: () => {
      losses += 1;
    },
  });
}

async function taken(): Promise<UtteranceLog> {
  const log = open();
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
    expect(await done).toEqual(found);
    expect(log.lastSequence).toBe(41);
  });

  it('reads everything again when the last batch cannot be read', async () => {
    const done = open({ odd: true }).takeOver(() => true);
    await eventually(() => appends.length === 1);
    appends[0]?.store(41);
    expect(await done).toEqual(FROM_THE_START);
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
