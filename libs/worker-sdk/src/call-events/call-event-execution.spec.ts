import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import type { UtteranceUndelivered } from '@interject/contracts';
import { describeError, Log } from '@interject/observability';
import { VirtualClock } from '@interject/testing';
import { CallEventBench } from '../testing/call-event-bench.js';
import { isToolCallAborted, NonRetryableError, ToolError } from '../tool-errors.js';
import { CallEventRetryError } from './call-event.errors.js';
import { CallEventHandler } from './call-event-handler.decorator.js';
import type { CallEventContext, CallEventListener } from './call-event.types.js';

const EVENT: UtteranceUndelivered = {
  callId: 'call-1',
  utteranceId: 'u-1',
  reason: 'call-ended',
  text: 'Your report is ready.',
  at: 1,
};

type Handle = CallEventListener<'undelivered'>['handle'];

@CallEventHandler({ event: 'undelivered', retry: { attempts: 3, backoffMs: 1000 }, timeoutMs: 5000 })
class FollowUp implements CallEventListener<'undelivered'> {
  constructor(private readonly does: Handle) {}

  handle(event: UtteranceUndelivered, context: CallEventContext): Promise<void> | void {
    return this.does(event, context);
  }
}

function bench(does: Handle, log?: Log) {
  const clock = new VirtualClock();
  return { clock, bench: new CallEventBench<'undelivered'>(new FollowUp(does), clock, log) };
}

/** Hangs until its signal is aborted. */
const obedient: Handle = (_event, { signal }) =>
  new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => {
      reject(signal.reason as Error);
    });
  });

describe('CallEventExecution', () => {
  it('hands over the event with what tells a repeat, and acknowledges it', async () => {
    const seen: [UtteranceUndelivered, CallEventContext][] = [];
    const { bench: b, clock } = bench((event, context) => {
      seen.push([event, context]);
    });
    expect(await b.run({ ...EVENT, unknown: 1 })).toEqual({ kind: 'ack' });
    expect(seen[0]?.[0]).toEqual(EVENT);
    expect(seen[0]?.[1]).toMatchObject({
      callId: 'call-1',
      idempotencyKey: 'u-1',
      attempt: 1,
      storedAt: clock.now(),
    });
    expect(b.outcomes).toEqual(['handled']);
    expect(clock.nextTimerAt()).toBeUndefined();
  });

  it('tries again with a doubling wait, then it is a dead letter', async () => {
    const at: number[] = [];
    const { bench: b, clock } = bench(() => {
      at.push(clock.now());
      throw new Error('provider away');
    });
    const startedAt = clock.now();
    expect(await b.run(EVENT)).toEqual({ kind: 'dead-letter', reason: 'handler-failed' });
    // Three quarters of 1,000 and of 2,000: chance is 0.5 here.
    expect(at.map((time) => time - startedAt)).toEqual([0, 750, 2250]);
    expect(b.outcomes).toEqual(['retried', 'retried', 'dead-letter']);
  });

  it('says the word of the error as the reason, and gives up at once if it is not retryable', async () => {
    const refused = bench(() => {
      throw new NonRetryableError('no such number', { code: 'number-unknown' });
    });
    expect(await refused.bench.run(EVENT)).toEqual({ kind: 'dead-letter', reason: 'number-unknown' });
    expect(refused.bench.outcomes).toEqual(['dead-letter']);
    const wordless = bench(() => {
      throw Object.assign(new Error('Bad Code'), { retryable: false, code: 'NOT FIT. AT ALL' });
    });
    expect(await wordless.bench.run(EVENT)).toEqual({ kind: 'dead-letter', reason: 'non-retryable' });
  });

  it('waits as long as a backend asks for, within reason', async () => {
    const { bench: b } = bench(() => {
      throw ToolError.retryable('busy', { retryAfterMs: 40_000 });
    });
    expect(await b.deliver(EVENT)).toEqual({ kind: 'nak', delayMs: 40_000 });
    const { bench: never } = bench(() => {
      throw ToolError.retryable('busy', { retryAfterMs: 1e12 });
    });
    expect(await never.deliver(EVENT)).toEqual({ kind: 'nak', delayMs: 600_000 });
  });

  it('aborts a handler that takes too long', async () => {
    const reasons: unknown[] = [];
    const { bench: b, clock } = bench((event, context) => {
      context.signal.addEventListener('abort', () => reasons.push(context.signal.reason));
      return obedient(event, context);
    });
    const delivery = b.deliver(EVENT, 3);
    await clock.advance(5000);
    expect(await delivery).toEqual({ kind: 'dead-letter', reason: 'deadline-exceeded' });
    expect(reasons).toEqual([expect.objectContaining({ code: 'deadline' })]);
  });

  it('gives the event back at a shutdown, even at its last attempt', async () => {
    let reason: unknown;
    const { bench: b } = bench((event, context) => {
      context.signal.addEventListener('abort', () => {
        reason = context.signal.reason;
      });
      return obedient(event, context);
    });
    const delivery = b.deliver(EVENT, 3);
    b.shutDown();
    expect(await delivery).toEqual({ kind: 'nak', delayMs: 0 });
    expect(isToolCallAborted(reason)).toBe(true);
    expect(b.outcomes).toEqual(['handed-back']);
  });

  it('refuses what is no such event, without asking the handler', async () => {
    let asked = 0;
    const { bench: b } = bench(() => {
      asked += 1;
    });
    expect(await b.run({ ...EVENT, at: 'whatever' })).toEqual({
      kind: 'dead-letter',
      reason: 'contract-violation',
    });
    expect(asked).toBe(0);
    expect(b.outcomes).toEqual(['dead-letter']);
  });

  it('reads a reason that only a newer release knows as another one', async () => {
    const reasons: string[] = [];
    const { bench: b } = bench(({ reason }) => {
      reasons.push(reason);
    });
    expect(await b.run({ ...EVENT, reason: 'caller-asleep' })).toEqual({ kind: 'ack' });
    expect(reasons).toEqual(['other']);
  });

  it('leaves an event of a newer version to a newer replica, and to operators when none comes', async () => {
    let asked = 0;
    const { bench: b } = bench(() => {
      asked += 1;
    });
    const newer = { ...EVENT, schemaVersion: 2 };
    for (const delivery of [1, 2]) expect(await b.deliver(newer, delivery)).toEqual({ kind: 'nak', delayMs: 30_000 });
    expect(await b.deliver(newer, 3)).toEqual({ kind: 'dead-letter', reason: 'unknown-version' });
    expect([asked, b.outcomes]).toEqual([0, ['retried', 'retried', 'dead-letter']]);
  });

  it('does not run an event any more that comes back from the dead again and again', async () => {
    let asked = 0;
    const { bench: b } = bench(() => {
      asked += 1;
    });
    expect(await b.deliver(EVENT, 5)).toEqual({ kind: 'ack' });
    expect(await b.deliver(EVENT, 6)).toEqual({ kind: 'dead-letter', reason: 'worker-lost' });
    expect(asked).toBe(1);
  });

  it('handles an event once that is delivered again while it is handled', async () => {
    let release: () => void = () => undefined;
    let asked = 0;
    const { bench: b } = bench(async () => {
      asked += 1;
      await new Promise<void>((resolve) => (release = resolve));
    });
    const both = [b.deliver(EVENT, 1), b.deliver(EVENT, 2)];
    expect(b.running).toBe(1);
    release();
    expect(await Promise.all(both)).toEqual([{ kind: 'ack' }, { kind: 'ack' }]);
    expect(asked).toBe(1);
    expect(b.running).toBe(0);
  });

  it('gives the handler a log that carries the call', async () => {
    const lines: string[] = [];
    const destination = { write: (line: string) => lines.push(line) };
    const { bench: b } = bench(
      (_event, context) => {
        context.log.info('sending');
      },
      Log.create({ service: 'spec', destination }),
    );
    await b.deliver(EVENT);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ event: 'undelivered', callId: 'call-1', attempt: 1 });
  });

  it('keeps what the handler threw as a cause, whose text no log shows', () => {
    const error = new CallEventRetryError('handler-failed', 1, { cause: new Error('the caller said 4711') });
    expect(describeError(error)).toMatchObject({
      code: 'handler-failed',
      message: 'A call event was not handled and comes again.',
      cause: { name: 'Error' },
    });
    expect(JSON.stringify(describeError(error))).not.toContain('4711');
  });
});
