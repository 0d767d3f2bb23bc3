import 'reflect-metadata';
import { describe, expect, it, jest } from '@jest/globals';
import { toolCallKey } from '@interject/contracts';
import { VirtualClock } from '@interject/testing';
import { IsString, Length } from 'class-validator';
import { handlerRegistration } from '../definition/handler-registration.js';
import { ToolBench } from '../testing/tool-bench.js';
import { NonRetryableError, ToolCallAborted, ToolError } from '../tool-errors.js';
import type { Tool, ToolCallContext, ToolHandlerOptions } from '../tool.types.js';

class Region {
  @IsString() @Length(1, 20) region!: string;
}

type Run = (args: Region, call: ToolCallContext) => unknown;

const ARGS = { region: 'north' };
const TIMEOUT_MS = 10_000;

function bench(run: Run, over: Partial<ToolHandlerOptions> = {}, words: Partial<Tool<Region>> = {}) {
  const clock = new VirtualClock();
  const options = { name: 'build_report', description: 'Builds.', arguments: Region, timeoutMs: TIMEOUT_MS, ...over };
  return { clock, bench: new ToolBench(handlerRegistration(options, { run, ...words }, 'Bench'), clock) };
}

/** Hangs as a well-behaved handler does: until its signal is aborted. */
const obedient: Run = (_args, call) =>
  new Promise((_resolve, reject) => {
    call.signal.addEventListener('abort', () => {
      reject(call.signal.reason as Error);
    });
  });

describe('ToolCallExecution: the handler', () => {
  it('gives arguments and context, and stores what it returns', async () => {
    let seen: ToolCallContext | undefined;
    const { bench: b, clock } = bench(
      (args, call) => {
        seen = call;
        expect(args).toBeInstanceOf(Region);
        return { total: 7 };
      },
      {},
      { say: (result) => `The total is ${String((result as { total: number }).total)}.` },
    );
    const startedAt = clock.now();
    await clock.advance(500);
    await b.ask(ARGS, { request: { requestedAt: startedAt } });
    expect(seen).toMatchObject({
      callId: 'call-1',
      toolCallId: 'tool-call-1',
      tool: 'build_report',
      attempt: 1,
      idempotencyKey: toolCallKey('call-1', 'tool-call-1'),
      requestedAt: startedAt,
      deadlineAt: startedAt + 500 + TIMEOUT_MS,
    });
    expect(b.sink.results).toEqual([
      {
        callId: 'call-1',
        toolCallId: 'tool-call-1',
        tool: 'build_report',
        outcome: 'succeeded',
        text: 'The total is 7.',
        data: { total: 7 },
        attempts: 1,
        requestedAt: startedAt,
        at: startedAt + 500,
      },
    ]);
    expect(b.outcomes).toEqual(['succeeded']);
    expect(b.running).toBe(0);
  });

  it('tries again after a failure, with the same key', async () => {
    const keys: string[] = [];
    const { bench: b, clock } = bench((_args, call) => {
      keys.push(call.idempotencyKey);
      if (call.attempt < 3) throw new Error('backend is away');
      return 'Done.';
    });
    const startedAt = clock.now();
    await b.run(ARGS);
    expect(new Set(keys).size).toBe(1);
    expect(b.result).toMatchObject({ outcome: 'succeeded', text: 'Done.', attempts: 3 });
    // Half of 1,000 and half of 2,000: chance is 0.5 here.
    expect(b.result?.at).toBe(startedAt + 500 + 1000);
  });

  it('fails when no attempt is left, and keeps the error text out', async () => {
    const { bench: b } = bench(() => {
      throw new Error('caller said 4711');
    });
    await b.run(ARGS);
    expect(b.result).toMatchObject({
      outcome: 'failed',
      attempts: 3,
      failure: { code: 'handler-failed', retryable: true },
    });
    expect(JSON.stringify(b.result)).not.toContain('4711');
    expect(b.attempts).toBe(3);
  });

  it('does not try again after a non-retryable error, and says its words', async () => {
    const { bench: b } = bench(() => {
      throw new NonRetryableError('no such region', { say: 'I do not know that region.', code: 'unknown-region' });
    });
    await b.run(ARGS);
    expect(b.result).toMatchObject({
      outcome: 'failed',
      text: 'I do not know that region.',
      attempts: 1,
      failure: { code: 'unknown-region', retryable: false },
    });
  });

  it('waits as long as a backend asks for', async () => {
    const { bench: b, clock } = bench((_args, call) => {
      if (call.attempt === 1) throw ToolError.retryable('busy', { retryAfterMs: 7000 });
      return 'Done.';
    });
    const startedAt = clock.now();
    await b.run(ARGS);
    expect(b.result?.at).toBe(startedAt + 7000);
  });
});

describe('ToolCallExecution: deadline', () => {
  it('aborts the signal with its reason and tries again', async () => {
    const reasons: unknown[] = [];
    const { bench: b } = bench(
      (args, call) => {
        call.signal.addEventListener('abort', () => reasons.push(call.signal.reason));
        return obedient(args, call);
      },
      { retry: { attempts: 2 } },
    );
    await b.run(ARGS);
    expect(b.result).toMatchObject({ outcome: 'timed-out', attempts: 2, failure: { code: 'deadline-exceeded' } });
    expect(reasons).toEqual([new ToolCallAborted('deadline'), new ToolCallAborted('deadline')]);
    expect(b.result?.text).toBe("I'm sorry, I could not complete that.");
  });

  it('is not held up by a handler that ignores its signal, and notices what that does later', async () => {
    const { bench: b, clock } = bench(
      () =>
        new Promise((resolve) =>
          clock.setTimeout(() => {
            resolve('late');
          }, TIMEOUT_MS + 1),
        ),
      { retry: { attempts: 1 } },
    );
    await b.run(ARGS);
    expect(b.result).toMatchObject({ outcome: 'timed-out' });
    await clock.advance(1);
    expect(b.faults).toEqual(['late-handler']);
    expect(b.sink.results).toHaveLength(1);
  });

  it('leaves no timer behind when the handler is in time', async () => {
    const { bench: b, clock } = bench(() => 'Done.');
    await b.ask(ARGS);
    expect(clock.nextTimerAt()).toBeUndefined();
  });
});

describe('ToolCallExecution: progress', () => {
  it('numbers reports over all attempts', async () => {
    const { bench: b } = bench(async (_args, call) => {
      await call.progress(` Step ${String(call.attempt)}\n`, { class: 'progress' });
      if (call.attempt === 1) throw new Error('again');
      return 'Done.';
    });
    await b.run(ARGS);
    expect(b.sink.progress).toMatchObject([
      { text: 'Step 1', sequence: 1, speech: { class: 'progress' } },
      { text: 'Step 2', sequence: 2 },
    ]);
  });

  it('never throws: what cannot be stored is counted and lost', async () => {
    const { bench: b } = bench(async (_args, call) => {
      await call.progress('Half done.');
      return 'Done.';
    });
    b.sink.beforePublish = (event) => {
      if (event.type.includes('progress')) throw new Error('away');
    };
    await b.ask(ARGS);
    expect(b.result?.outcome).toBe('succeeded');
    expect(b.faults).toEqual(['progress-lost']);
  });

  it.each<[string, unknown]>([
    ['an empty text', ' '],
    ['no text', undefined],
    ['a number', 5],
  ])('drops %s', async (_case, text) => {
    const { bench: b } = bench(async (_args, call) => {
      await call.progress(text as string);
    });
    await b.ask(ARGS);
    expect(b.sink.progress).toEqual([]);
    expect(b.faults).toEqual(['progress-dropped']);
  });

  it('drops reports after the result, also through a method that was taken out', async () => {
    let progress: ToolCallContext['progress'] | undefined;
    const { bench: b } = bench((_args, call) => {
      ({ progress } = call);
      return 'Done.';
    });
    await b.ask(ARGS);
    await progress?.('Too late.');
    expect(b.sink.progress).toEqual([]);
    expect(b.faults).toEqual(['progress-dropped']);
  });
});

describe('ToolCallExecution: results that are none', () => {
  it('refuses arguments that do not fit, without running the handler', async () => {
    const run = jest.fn();
    const { bench: b } = bench(run, { sayOnFailure: 'Which region?' });
    await b.ask({ region: '' });
    expect(run).not.toHaveBeenCalled();
    expect(b.result).toMatchObject({
      outcome: 'failed',
      attempts: 0,
      text: 'Which region?',
      failure: { code: 'invalid-arguments', message: expect.stringContaining('region must be longer') },
    });
  });

  it('does not fall over a validator that throws', async () => {
    const { clock } = bench(() => 1);
    const registration = handlerRegistration(
      { name: 't', description: 'T.', arguments: Region },
      { run: () => 1 },
      'Bench',
    );
    const broken = new ToolBench(
      {
        ...registration,
        validate: () => {
          throw new Error('bug');
        },
      },
      clock,
    );
    await broken.ask(ARGS);
    expect(broken.result).toMatchObject({ outcome: 'failed', failure: { code: 'invalid-arguments' } });
  });

  it.each([
    ['too large', 'x'.repeat(300_000), 'result-too-large'],
    ['not JSON', { amount: 1n }, 'result-not-json'],
  ])('fails when the result is %s, and does not try again', async (_case, value, code) => {
    const { bench: b } = bench(() => value);
    await b.ask(ARGS);
    expect(b.result).toMatchObject({ outcome: 'failed', attempts: 1, failure: { code, retryable: false } });
    expect(b.attempts).toBe(1);
  });

  it('stays succeeded when say throws', async () => {
    const { bench: b } = bench(
      () => ({ a: 1 }),
      {},
      {
        say: () => {
          throw new Error('no');
        },
      },
    );
    await b.ask(ARGS);
    expect(b.result).toMatchObject({
      outcome: 'succeeded',
      text: 'The result of build report is ready.',
      data: { a: 1 },
    });
    expect(b.faults).toEqual(['wording']);
  });

  it('expires a job that waited too long in the queue', async () => {
    const run = jest.fn();
    const { bench: b, clock } = bench(run, { queueExpiryMs: 1000 });
    await b.ask(ARGS, { request: { requestedAt: clock.now() - 1001 } });
    expect(run).not.toHaveBeenCalled();
    expect(b.result).toMatchObject({ outcome: 'expired', attempts: 0, failure: { code: 'queue-expired' } });
  });
});

describe('ToolCallExecution: call end and cancel', () => {
  it('aborts the handler when its call ended, and leaves words for those who follow up', async () => {
    let reason: unknown;
    const { bench: b, clock } = bench((args, call) => {
      call.signal.addEventListener('abort', () => {
        reason = call.signal.reason;
      });
      return obedient(args, call);
    });
    const call = b.ask(ARGS);
    await clock.advance(100);
    b.stop('call-ended');
    await b.ended(call);
    expect(reason).toEqual(new ToolCallAborted('call-ended'));
    expect(b.result).toMatchObject({
      outcome: 'cancelled',
      attempts: 1,
      failure: { code: 'cancelled' },
      text: expect.any(String),
    });
  });

  it('says nothing about a tool call that somebody cancelled', async () => {
    const { bench: b, clock } = bench(obedient);
    const call = b.ask(ARGS);
    await clock.advance(100);
    b.stop('cancelled');
    await b.ended(call);
    expect(b.result).toMatchObject({ outcome: 'cancelled' });
    expect(b.result).not.toHaveProperty('text');
  });

  it('does not start a job that was stopped while it waited', async () => {
    const run = jest.fn();
    const { bench: b } = bench(run);
    b.stoppedBefore = 'call-ended';
    await b.ask(ARGS);
    expect(run).not.toHaveBeenCalled();
    expect(b.result).toMatchObject({ outcome: 'cancelled', attempts: 0 });
  });

  it('wakes from the wait between two attempts', async () => {
    const { bench: b, clock } = bench(
      () => {
        throw new Error('away');
      },
      { retry: { backoffMs: 60_000 } },
    );
    const call = b.ask(ARGS);
    await clock.advance(10);
    b.stop('call-ended');
    await clock.advance(0);
    expect(b.result).toMatchObject({ outcome: 'cancelled', attempts: 1 });
    await call;
    expect(clock.nextTimerAt()).toBeUndefined();
  });
});
