import { describe, expect, it } from '@jest/globals';
import { Log } from '@interject/observability';
import { VirtualClock } from '@interject/testing';
import { MessagingError } from '../messaging.errors.js';
import type { MessagingErrorCode } from '../messaging.errors.js';
import { Burials, MAX_WAITING_LETTERS } from './burials.js';

const message = { subject: 's', sequence: 1, storedAt: 0, headers: {}, data: new Uint8Array() };
const burial = { stream: 'TOOL_CALLS', reason: 'handler-failed', deliveryCount: 1, durable: 'worker-x' };

function setUp(fails?: MessagingErrorCode) {
  const lines: string[] = [];
  const destination = { write: (line: string) => void lines.push(line) };
  const log = Log.create({ service: 'spec', level: 'warn', destination });
  const clock = new VirtualClock(0);
  const state = { fails };
  const bury = async (): Promise<void> => {
    if (state.fails !== undefined) throw new MessagingError(state.fails, 'no');
  };
  const burials = new Burials({ bury }, clock, log);
  const tell = (isDealtWith: boolean, sequence = 1) => burials.bury({ ...message, sequence }, burial, isDealtWith);
  return { state, clock, lines, tell };
}

describe('Burials', () => {
  it('stores a letter', async () => {
    const { tell } = setUp();
    expect(await tell(true)).toEqual({ kind: 'stored' });
  });

  it.each(['store-full', 'payload-too-large'] as const)(
    'gives up the letter of a job with a result at %s',
    async (code) => {
      const { tell } = setUp(code);
      expect(await tell(true)).toEqual({ kind: 'lost' });
    },
  );

  it.each(['timeout', 'no-responder', 'unexpected'] as const)('gives it up after some tries at %s', async (code) => {
    const { tell } = setUp(code);
    const ends = [];
    for (let i = 0; i < 6; i += 1) ends.push(await tell(true));
    const waits = [1000, 2000, 4000, 8000].map((delayMs) => ({ kind: 'again', delayMs }));
    // Another message of that number would be tried as often.
    expect(ends).toEqual([...waits, { kind: 'lost' }, waits[0]]);
  });

  it('does not give it up while NATS is away', async () => {
    const { tell } = setUp('disconnected');
    for (let i = 0; i < 50; i += 1) expect(await tell(true)).toMatchObject({ kind: 'again' });
  });

  it.each(['store-full', 'timeout', 'payload-too-large'] as const)(
    'never gives up what nobody has dealt with at %s, and asks ever less often',
    async (code) => {
      const { tell, state } = setUp(code);
      const waits = [];
      for (let i = 0; i < 50; i += 1) waits.push(await tell(false));
      expect(waits.slice(0, 7)).toEqual(
        [1000, 2000, 4000, 8000, 16_000, 30_000, 30_000].map((delayMs) => ({ kind: 'again', delayMs })),
      );
      expect(waits.at(-1)).toEqual({ kind: 'again', delayMs: 30_000 });
      state.fails = undefined;
      expect(await tell(false)).toEqual({ kind: 'stored' });
    },
  );

  it('lets so many wait that they cannot stop a tool, and gives up the others at once', async () => {
    const { tell, state, clock } = setUp('timeout');
    const ends = [];
    for (let sequence = 1; sequence <= MAX_WAITING_LETTERS + 50; sequence += 1) ends.push(await tell(false, sequence));
    expect(ends.filter(({ kind }) => kind === 'again')).toHaveLength(MAX_WAITING_LETTERS);
    expect(ends.at(-1)).toEqual({ kind: 'lost' });
    expect(await tell(false, 1)).toEqual({ kind: 'again', delayMs: 2000 });
    // Others have them by now: there is room again.
    await clock.advance(90_000);
    expect(await tell(false, 999)).toEqual({ kind: 'again', delayMs: 1000 });
    state.fails = undefined;
    expect(await tell(false, 2)).toEqual({ kind: 'stored' });
  });

  it('gives up nothing while NATS is away: it could not be settled either', async () => {
    const { tell } = setUp('disconnected');
    for (let sequence = 1; sequence <= MAX_WAITING_LETTERS + 50; sequence += 1) {
      expect(await tell(false, sequence)).toMatchObject({ kind: 'again' });
    }
  });

  it('says so once a minute, however many there are', async () => {
    const { tell, clock, lines } = setUp('store-full');
    for (let sequence = 1; sequence <= 1000; sequence += 1) await tell(true, sequence);
    expect(lines).toHaveLength(1);
    await clock.advance(60_000);
    await tell(true, 1001);
    await tell(false, 1002);
    expect(lines.map((line) => JSON.parse(line) as object)).toMatchObject([
      { failures: 1, lost: 1 },
      { failures: 1000, lost: 1000 },
    ]);
  });
});
