import type { CarriedCall, Checkpoint } from '@interject/contracts';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { CheckpointKeeper, WORTH_A_LIST } from './checkpoint-keeper.js';
import type { OpenCall } from './checkpoint-keeper.js';

const at = (n: number): Checkpoint => ({ toolCalls: n, callEvents: n, utterances: n });

let open: Map<string, OpenCall>;
let index: number;
let now: number;
let uncarriable: Set<string>;

function begin(callId: string, n = index): void {
  open.set(callId, { callId, start: at(n), index: n });
}

function keeper(found: Checkpoint = at(1), callIds: string[] = []): CheckpointKeeper {
  const carry = ({ callId, start }: OpenCall): CarriedCall | undefined =>
    uncarriable.has(callId) ? undefined : { callId, start, toolCalls: [], announcements: [], records: [] };
  const parts = { openCalls: () => open.values(), carry, reached: () => ({ next: at(index), index }), now: () => now };
  return new CheckpointKeeper(parts, found, callIds);
}

/** As the log does it. */
function writeList(of: CheckpointKeeper, sequence: number): { carried: string[]; checkpoint: Checkpoint } {
  const { carried, checkpoint } = of.compose();
  of.stored(sequence);
  return { carried: carried.map(({ callId }) => callId), checkpoint };
}

describe('CheckpointKeeper', () => {
  beforeEach(() => {
    open = new Map();
    index = 1;
    now = 0;
    uncarriable = new Set();
  });

  it('is where the oldest call began, and at the end without calls', () => {
    const one = keeper();
    index = 50;
    one.look();
    expect(one.checkpoint).toEqual(at(50));
    begin('a', 20);
    begin('b', 10);
    one.look();
    expect(one.checkpoint).toEqual(at(10));
    expect(one.isListWanted).toBe(false);
  });

  it('carries calls that hold it back by much, and moves on past them', () => {
    const one = keeper();
    begin('long', 5);
    index = 5 + WORTH_A_LIST - 1;
    one.look();
    expect(one.isListWanted).toBe(false);
    index += 10;
    begin('young');
    index += 5;
    one.look();
    expect(one.isListWanted).toBe(true);
    expect(writeList(one, 77)).toEqual({ carried: ['long'], checkpoint: at(index - 5) });
    expect(one.isListWanted).toBe(false);
    expect(one.checkpoint).toEqual({ ...at(index - 5), carriedIn: 77 });
  });

  it('stays where the list was made: what its calls did since is not in it', () => {
    const one = keeper();
    begin('long', 5);
    index = 3000;
    one.look();
    writeList(one, 77);
    index = 4000;
    one.look();
    expect(one.checkpoint).toEqual({ ...at(3000), carriedIn: 77 });
    index = 3000 + WORTH_A_LIST;
    one.look();
    expect(one.isListWanted).toBe(true);
    writeList(one, 99);
    expect(one.checkpoint).toEqual({ ...at(index), carriedIn: 99 });
  });

  it('needs no list any more when all that it names have ended', () => {
    const one = keeper({ ...at(100), carriedIn: 7 }, ['long']);
    begin('long', 5);
    index = 200;
    one.look();
    expect(one.checkpoint).toEqual({ ...at(100), carriedIn: 7 });
    open.clear();
    one.look();
    expect(one.checkpoint).toEqual(at(200));
  });

  it('stops where a call cannot be carried, and does not try again before much has happened', () => {
    const one = keeper();
    begin('long', 5);
    begin('busy', 6);
    uncarriable.add('busy');
    index = 3000;
    one.look();
    expect(writeList(one, 77)).toEqual({ carried: ['long'], checkpoint: at(6) });
    one.look();
    expect(one.isListWanted).toBe(false);
    uncarriable.clear();
    index += WORTH_A_LIST;
    one.look();
    expect(one.isListWanted).toBe(true);
  });

  it('carries 200 calls at most, the oldest; the next one holds the checkpoint', () => {
    const one = keeper();
    for (let i = 0; i < 300; i += 1) begin(`c${String(i)}`, 1 + i);
    index = 10_000;
    // More than 200 would stay behind, so a list moves it by 200 messages: not worth it.
    one.look();
    expect(one.isListWanted).toBe(false);
    for (let i = 200; i < 300; i += 1) begin(`c${String(i)}`, 5000 + i);
    one.look();
    expect(one.isListWanted).toBe(true);
    const { carried, checkpoint } = writeList(one, 77);
    expect(carried).toHaveLength(200);
    expect(checkpoint).toEqual(at(5200));
  });

  it('writes a list again before the log forgets it', () => {
    const one = keeper();
    begin('long', 5);
    index = 3000;
    one.look();
    writeList(one, 77);
    now += 6 * 3_600_000 + 1;
    one.look();
    expect(one.isListWanted).toBe(true);
  });
});
