import { describe, expect, it } from '@jest/globals';
import { EventFactory, toolCallKey } from '@interject/contracts';
import type { OutgoingEvent, ToolCallRequested } from '@interject/contracts';
import type { StoredMessage } from '@interject/messaging';
import { Log } from '@interject/observability';
import { aToolCall, VirtualClock } from '@interject/testing';
import { stopCode } from '../execution/attempt.js';
import { JobSignal } from '../execution/job-signal.js';
import { CallEventsWatch } from './call-events-watch.js';
import type { StopFeedSource } from './stop-feed.js';

const events = new EventFactory(16);

/** A stream with the two patterns that the feeds read. */
class FakeStream implements StopFeedSource {
  readonly stored: StoredMessage[] = [];
  readonly lookedUp: string[] = [];
  isAway = false;
  private readonly readers: { subject: string; fromSequence: number; onMessage(m: StoredMessage): void }[] = [];

  constructor(private readonly clock: VirtualClock) {}

  store({ subject }: OutgoingEvent): void {
    const sequence = this.stored.length + 1;
    const message = { subject, sequence, storedAt: this.clock.now(), headers: {}, data: new Uint8Array() };
    this.stored.push(message);
    for (const reader of this.readers) if (fits(subject, reader.subject)) reader.onMessage(message);
  }

  async read(options: Parameters<StopFeedSource['read']>[0]) {
    if (this.isAway) throw new Error('away');
    const reader = { fromSequence: 1, ...options, onMessage: options.onMessage.bind(options) };
    this.readers.push(reader);
    for (const message of this.stored) {
      if (message.sequence >= reader.fromSequence && fits(message.subject, reader.subject)) reader.onMessage(message);
    }
    options.onCaughtUp?.();
    const remove = () => this.readers.splice(this.readers.indexOf(reader), 1);
    return {
      lastSequence: 0,
      stop: async () => {
        remove();
      },
    };
  }

  async last(_stream: string, subject: string): Promise<StoredMessage | undefined> {
    if (this.isAway) throw new Error('away');
    if (subject !== 'calls.>') this.lookedUp.push(subject);
    return this.stored.findLast((message) => fits(message.subject, subject));
  }

  async at(_stream: string, sequence: number): Promise<StoredMessage | undefined> {
    return this.stored[sequence - 1];
  }

  get readerCount(): number {
    return this.readers.length;
  }
}

function fits(subject: string, pattern: string): boolean {
  const source = pattern.replaceAll('.', '\\.').replaceAll('*', '[^.]+').replace('>', '.+');
  return new RegExp(`^${source}$`).test(subject);
}

function setUp() {
  const clock = new VirtualClock();
  const stream = new FakeStream(clock);
  const watch = new CallEventsWatch({ source: stream, events, clock, log: Log.silent() });
  const job = () => new JobSignal(new AbortController().signal);
  /** A tool call made long enough after the feeds began that memory knows everything. */
  const call = (onCallEnded: 'finish' | 'cancel') => aToolCall({ onCallEnded, requestedAt: clock.now() });
  const listen = (request: ToolCallRequested, one: JobSignal) =>
    watch.watch(request, one, request.requestedAt, toolCallKey(request.callId, request.toolCallId));
  return { clock, stream, watch, job, call, listen };
}

function ended(callId: string) {
  return events.ended({ callId, at: 0 });
}

function cancelled({ callId, toolCallId }: { callId: string; toolCallId: string }) {
  return events.cancelRequested({ callId, toolCallId, reason: 'test', at: 0 });
}

const AFTER_START_MS = 6000;

describe('CallEventsWatch', () => {
  it('stops a running job when its call ends, if its tool wants that', async () => {
    const { clock, stream, watch, job, call, listen } = setUp();
    await watch.start(true);
    await clock.advance(AFTER_START_MS);
    const [one, other] = [job(), job()];
    await listen(call('cancel'), one);
    await listen(call('finish'), other);
    stream.store(ended('another call'));
    expect(one.signal.aborted).toBe(false);
    stream.store(ended(call('cancel').callId));
    expect(stopCode(one.signal)).toBe('call-ended');
    expect(other.signal.aborted).toBe(false);
    expect(stream.lookedUp).toEqual([]);
  });

  it('runs the silent replay of an ended call, unless somebody cancels it', async () => {
    const { stream, watch, job, call, listen } = setUp();
    await watch.start(true);
    stream.store(ended(call('cancel').callId));
    const one = job();
    await listen({ ...call('cancel'), isSilent: true }, one);
    expect(one.signal.aborted).toBe(false);
    stream.store(cancelled(call('cancel')));
    expect(stopCode(one.signal)).toBe('cancelled');
  });

  it('stops the one tool call that was cancelled, whatever its tool wants at the end of a call', async () => {
    const { clock, stream, watch, job, call, listen } = setUp();
    await watch.start(false);
    await clock.advance(AFTER_START_MS);
    const [one, other] = [job(), job()];
    await listen(call('finish'), one);
    await listen({ ...call('finish'), toolCallId: 'call_2' }, other);
    stream.store(cancelled(call('finish')));
    expect(stopCode(one.signal)).toBe('cancelled');
    expect(other.signal.aborted).toBe(false);
  });

  it('stops a job before it starts, from memory', async () => {
    const { clock, stream, watch, job, call, listen } = setUp();
    await watch.start(true);
    await clock.advance(AFTER_START_MS);
    const request = call('cancel');
    stream.store(ended(request.callId));
    const one = job();
    await listen(request, one);
    expect(stopCode(one.signal)).toBe('call-ended');
    expect(stream.lookedUp).toEqual([]);
  });

  it('looks in the stream for a job that is older than the feed', async () => {
    const { clock, stream, watch, job, call, listen } = setUp();
    const request = call('cancel');
    stream.store(ended(request.callId));
    await clock.advance(1000);
    for (let i = 0; i < 10_000; i += 1) stream.store(cancelled({ callId: 'other', toolCallId: String(i) }));
    await watch.start(true);
    const one = job();
    await listen(request, one);
    expect(stopCode(one.signal)).toBe('call-ended');
    expect(stream.lookedUp).toEqual([cancelled(request).subject, ended(request.callId).subject]);
  });

  it('knows what happened shortly before it began, without a look-up for each job that waited for it', async () => {
    const { clock, stream, watch, job, call, listen } = setUp();
    for (let i = 0; i < 5000; i += 1) stream.store(cancelled({ callId: 'other', toolCallId: String(i) }));
    await clock.advance(10_000);
    const [request, wanted] = [call('cancel'), { ...call('cancel'), callId: 'wanted' }];
    stream.store(ended(request.callId));
    for (let i = 5000; i < 11_000; i += 1) stream.store(cancelled({ callId: 'other', toolCallId: String(i) }));
    await watch.start(true);
    const [one, other] = [job(), job()];
    await listen(request, one);
    await listen(wanted, other);
    expect(stopCode(one.signal)).toBe('call-ended');
    expect(other.aborted).toBe(false);
    expect(stream.lookedUp).toEqual([]);
  });

  it('looks in the stream for what it had to forget', async () => {
    const { clock, stream, watch, job, call, listen } = setUp();
    await watch.start(true);
    await clock.advance(AFTER_START_MS);
    const request = call('cancel');
    stream.store(ended(request.callId));
    for (let i = 0; i < 20_000; i += 1) stream.store(ended(`other ${String(i)}`));
    const one = job();
    await listen(request, one);
    expect(stopCode(one.signal)).toBe('call-ended');
    expect(stream.lookedUp).toEqual([ended(request.callId).subject]);
  });

  it('runs a job that it cannot look up', async () => {
    const { stream, job, call, listen } = setUp();
    stream.isAway = true;
    const one = job();
    await listen(call('cancel'), one);
    expect(one.signal.aborted).toBe(false);
  });

  it('goes on trying until the broker is there', async () => {
    const { clock, stream, watch } = setUp();
    stream.isAway = true;
    void watch.start(true);
    await clock.advance(5000);
    expect(stream.readerCount).toBe(0);
    stream.isAway = false;
    await clock.advance(1000);
    expect(stream.readerCount).toBe(2);
    await watch.stop();
    expect(stream.readerCount).toBe(0);
  });

  it('ceases to try when it is stopped', async () => {
    const { clock, stream, watch } = setUp();
    stream.isAway = true;
    const started = watch.start(true);
    await clock.advance(10);
    await watch.stop();
    await started;
    expect(clock.nextTimerAt()).toBeUndefined();
  });

  it('forgets a job that has ended', async () => {
    const { clock, stream, watch, job, call, listen } = setUp();
    await watch.start(true);
    await clock.advance(AFTER_START_MS);
    const one = job();
    const unwatch = await listen(call('cancel'), one);
    unwatch();
    stream.store(ended(call('cancel').callId));
    expect(one.signal.aborted).toBe(false);
  });
});
