import { describe, expect, it } from '@jest/globals';
import { EventFactory } from '@interject/contracts';
import type { OutgoingEvent, ToolCallRequested } from '@interject/contracts';
import type { StoredMessage } from '@interject/messaging';
import { Log } from '@interject/observability';
import { aToolCall, VirtualClock } from '@interject/testing';
import type { FeedSource } from '../watch/stop-feed.js';
import { CalledBackWatch } from './called-back-watch.js';

const events = new EventFactory(16);

/** Stores call events; what is read are the called-back ones. */
class FakeStream implements FeedSource {
  readonly stored: StoredMessage[] = [];
  readonly readFrom: number[] = [];
  isAway = false;
  isStopped = false;
  /** Called while a look-up is on its way. */
  onLookUp: () => void = () => undefined;
  private onMessage: ((message: StoredMessage) => void) | undefined;

  store({ subject, data }: Pick<OutgoingEvent, 'subject' | 'data'>): void {
    const bytes = Buffer.from(JSON.stringify(data));
    const message = { subject, sequence: this.stored.length + 1, storedAt: 0, headers: {}, data: bytes };
    this.stored.push(message);
    if (subject.includes('.called-back.')) this.onMessage?.(message);
  }

  async read(options: Parameters<FeedSource['read']>[0]) {
    if (this.isAway) throw new Error('away');
    expect(options.subject).toBe('calls.*.*.called-back.*');
    this.readFrom.push(options.fromSequence ?? 1);
    this.onMessage = (message) => {
      options.onMessage(message);
    };
    return {
      lastSequence: 0,
      stop: async () => {
        this.isStopped = true;
      },
    };
  }

  async last(_stream: string, subject: string): Promise<StoredMessage | undefined> {
    if (this.isAway) throw new Error('away');
    const found = this.stored.findLast((message) => subject === 'calls.>' || message.subject === subject);
    if (subject !== 'calls.>') this.onLookUp();
    return found;
  }
}

function setUp() {
  const clock = new VirtualClock();
  const stream = new FakeStream();
  const watch = new CalledBackWatch({ source: stream, events, clock, log: Log.silent() });
  const calledBack = (request: ToolCallRequested, data: unknown) =>
    events.calledBack({
      callId: request.callId,
      toolCallId: request.toolCallId,
      tool: request.tool,
      outcome: 'succeeded',
      data,
      at: 1,
    });
  const waiting = () => (watch as unknown as { waiting: Map<string, unknown> }).waiting.size;
  return { clock, stream, watch, calledBack, waiting, signal: new AbortController().signal };
}

const [one, other] = [aToolCall({ toolCallId: 'one' }), aToolCall({ toolCallId: 'other' })];

describe('CalledBackWatch', () => {
  it('hears what comes, each tool call its own, by one reader that is begun when first somebody waits', async () => {
    const { clock, stream, watch, calledBack, waiting, signal } = setUp();
    stream.store(events.ended({ callId: 'c', at: 0 }));
    expect(stream.readFrom).toEqual([]);
    const both = Promise.all([watch.answer(one, signal), watch.answer(other, signal)]);
    await clock.advance(0);
    expect(stream.readFrom).toEqual([2]);
    stream.store(calledBack(other, { number: 2 }));
    stream.store(calledBack(one, { number: 1 }));
    expect(await both).toMatchObject([
      { toolCallId: 'one', outcome: 'succeeded', data: { number: 1 } },
      { toolCallId: 'other', data: { number: 2 } },
    ]);
    expect(waiting()).toBe(0);
    await watch.stop();
    expect(stream.isStopped).toBe(true);
  });

  it('finds what came before', async () => {
    const { stream, watch, calledBack, waiting, signal } = setUp();
    stream.store(calledBack(one, 'early'));
    expect(await watch.answer(one, signal)).toMatchObject({ data: 'early' });
    expect(waiting()).toBe(0);
  });

  it('tells what is stored by now, as soon as that can be known', async () => {
    const { clock, stream, watch, calledBack, waiting, signal } = setUp();
    expect(await watch.stored(one, signal)).toBeUndefined();
    stream.store(calledBack(one, 'early'));
    stream.isAway = true;
    const stored = watch.stored(one, signal);
    await clock.advance(500);
    stream.isAway = false;
    await clock.advance(500);
    expect(await stored).toMatchObject({ data: 'early' });
    expect(waiting()).toBe(0);
  });

  it('hears what comes while it looks', async () => {
    const { stream, watch, calledBack, signal } = setUp();
    stream.onLookUp = () => {
      stream.store(calledBack(one, 'meanwhile'));
    };
    expect(await watch.answer(one, signal)).toMatchObject({ data: 'meanwhile' });
  });

  it('ends the wait with the reason of the signal, and keeps nothing of it', async () => {
    const { clock, watch, waiting } = setUp();
    const stop = new AbortController();
    const reason = new Error('cancelled');
    const answer = expect(watch.answer(one, stop.signal)).rejects.toBe(reason);
    await clock.advance(0);
    expect(waiting()).toBe(1);
    stop.abort(reason);
    await answer;
    expect(waiting()).toBe(0);
    await expect(watch.answer(one, stop.signal)).rejects.toBe(reason);
    expect(waiting()).toBe(0);
  });

  it('goes on trying until the broker is there, or nobody waits any more', async () => {
    const { clock, stream, watch, calledBack, signal } = setUp();
    stream.isAway = true;
    const stop = new AbortController();
    const given = expect(watch.answer(other, stop.signal)).rejects.toThrow('given up');
    const answer = watch.answer(one, signal);
    await clock.advance(2500);
    stop.abort(new Error('given up'));
    await given;
    stream.isAway = false;
    stream.store(calledBack(one, 'at last'));
    await clock.advance(1000);
    expect(await answer).toMatchObject({ data: 'at last' });
    expect(clock.nextTimerAt()).toBeUndefined();
  });

  it('refuses what it cannot read, for good', async () => {
    const { stream, watch, calledBack, signal } = setUp();
    stream.store({ ...calledBack(one, 1), data: { outcome: 'perhaps' } });
    await expect(watch.answer(one, signal)).rejects.toMatchObject({ code: 'contract-violation', retryable: false });
  });
});
