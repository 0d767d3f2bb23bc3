import 'reflect-metadata';
import { describe, expect, it, jest } from '@jest/globals';
import { aToolCall, VirtualClock } from '@interject/testing';
import { IsString, Length } from 'class-validator';
import { handlerRegistration } from '../definition/handler-registration.js';
import { ToolBench } from '../testing/tool-bench.js';
import { ToolCallAborted } from '../tool-errors.js';
import type { Tool, ToolCallContext, ToolHandlerOptions } from '../tool.types.js';
import { JobHandedBackError } from './job.errors.js';

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

const hang = () => new Promise<never>(() => undefined);

/** Hangs as a well-behaved handler does: until its signal is aborted. */
const obedient: Run = (_args, call) =>
  new Promise((_resolve, reject) => {
    call.signal.addEventListener('abort', () => {
      reject(call.signal.reason as Error);
    });
  });

describe('ToolCallExecution: deliveries', () => {
  it('gives the job back at a shutdown, without a result', async () => {
    let reason: unknown;
    const { bench: b, clock } = bench((args, call) => {
      call.signal.addEventListener('abort', () => {
        reason = call.signal.reason;
      });
      return obedient(args, call);
    });
    const call = b.ask(ARGS);
    await clock.advance(100);
    b.shutDown();
    await expect(call).rejects.toThrow(JobHandedBackError);
    expect(reason).toEqual(new ToolCallAborted('shutdown'));
    expect(b.sink.results).toEqual([]);
    expect(b.running).toBe(0);
  });

  it('acknowledges a redelivery whose result is stored, without running the handler', async () => {
    const run = jest.fn(() => 'Done.');
    const { bench: b } = bench(run);
    await b.ask(ARGS);
    await b.ask(ARGS, { deliveryCount: 2 });
    expect(run).toHaveBeenCalledTimes(1);
    expect(b.outcomes).toEqual(['succeeded']);
  });

  it('runs a job again whose worker was lost, even past the queue expiry', async () => {
    const { bench: b, clock } = bench(() => 'Done.', { queueExpiryMs: 1000 });
    await b.ask(ARGS, { deliveryCount: 2, request: { requestedAt: clock.now() - 5000 } });
    expect(b.result?.outcome).toBe('succeeded');
  });

  it('but not when the watchdog has answered already', async () => {
    const { bench: b, clock } = bench(() => 'Done.');
    await b.ask(ARGS, { deliveryCount: 2, request: { requestedAt: clock.now() - 5001, watchdogMs: 5000 } });
    expect(b.result?.outcome).toBe('expired');
  });

  it('joins a redelivery to the job that still runs here', async () => {
    const run = jest.fn<Run>(hang);
    const { bench: b } = bench(run, { retry: { attempts: 1 } });
    const both = Promise.all([b.ask(ARGS), b.ask(ARGS, { deliveryCount: 2 })]);
    await b.ended(both.then(() => undefined));
    expect(run).toHaveBeenCalledTimes(1);
    expect(b.sink.results).toHaveLength(1);
  });

  it.each([
    ['nothing', {}],
    ['a text', 'x'],
    ['other fields', { callId: 'a', tool: 'b' }],
  ])('refuses %s as poison', async (_case, data) => {
    const { bench: b } = bench(() => 'Done.');
    const raw = b as unknown as { execution: { handle(data: unknown, delivery: object): Promise<void> } };
    const delivery = { deliveryCount: 1, headers: {}, signal: new AbortController().signal };
    await expect(raw.execution.handle(data, delivery)).rejects.toMatchObject({
      code: 'contract-violation',
      retryable: false,
    });
  });
});

describe('ToolCallExecution: a tool call of a newer version', () => {
  it('comes again, for a replica that can read it, and has no result of this one', async () => {
    const { bench: b } = bench(() => 'Done.');
    const raw = b as unknown as { execution: { handle(data: unknown, delivery: object): Promise<void> } };
    const delivery = { deliveryCount: 1, headers: {}, signal: new AbortController().signal };
    const refusal = { code: 'unknown-version', retryable: true, retryAfterMs: 2000 };
    await expect(raw.execution.handle(aToolCall({ schemaVersion: 2 } as object), delivery)).rejects.toMatchObject(
      refusal,
    );
    expect(b.sink.results).toEqual([]);
  });
});

describe('ToolCallExecution: storing the result', () => {
  it('tries again while the broker is away, and does not run the handler again', async () => {
    const run = jest.fn(() => 'Done.');
    const { bench: b } = bench(run);
    let failures = 8;
    b.sink.beforePublish = () => {
      if (failures-- > 0) throw Object.assign(new Error('away'), { code: 'disconnected', retryable: true });
    };
    await b.run(ARGS);
    expect(run).toHaveBeenCalledTimes(1);
    expect(b.result?.outcome).toBe('succeeded');
    expect(b.faults).toEqual(Array(8).fill('publish-retried'));
  });

  it('gives up once the watchdog has taken over, so that the delivery comes again', async () => {
    const { bench: b, clock } = bench(() => 'Done.');
    const error = Object.assign(new Error('away'), { retryable: true });
    b.sink.beforePublish = () => {
      throw error;
    };
    const startedAt = clock.now();
    await expect(b.run(ARGS, { request: { watchdogMs: 30_000 } })).rejects.toBe(error);
    expect(clock.now() - startedAt).toBeGreaterThan(27_000);
    expect(clock.now() - startedAt).toBeLessThanOrEqual(30_000);
  });

  it('gives up at a shutdown', async () => {
    const { bench: b, clock } = bench(() => 'Done.');
    b.sink.beforePublish = () => {
      throw new Error('away');
    };
    const call = b.ask(ARGS);
    const outcome = expect(call).rejects.toThrow('away');
    await clock.advance(1000);
    b.shutDown();
    await clock.advance(0);
    await outcome;
  });

  it('tells the caller of a failure when the broker takes less than we allow', async () => {
    const { bench: b } = bench(() => 'x'.repeat(1000));
    b.sink.beforePublish = ({ data }) => {
      if (JSON.stringify(data).length > 900)
        throw Object.assign(new Error('big'), { code: 'payload-too-large', retryable: false });
    };
    await b.ask(ARGS);
    expect(b.result).toMatchObject({ outcome: 'failed', attempts: 1, failure: { code: 'result-too-large' } });
  });

  it('accepts that somebody else was first', async () => {
    const { bench: b } = bench(() => 'Done.');
    await b.ask(ARGS);
    await b.ask(ARGS);
    expect(b.sink.results).toHaveLength(1);
    expect(b.faults).toEqual(['result-repeated']);
  });
});

describe('ToolCallExecution: a replay that nobody is there to hear', () => {
  const words = { say: jest.fn(() => 'Done.'), sayFailure: jest.fn(() => 'Sorry.') };

  it('stores the result without words, and reports no progress', async () => {
    const run: Run = async (_args, call) => {
      await call.progress('Half done.');
      return { total: 7 };
    };
    const { bench: b } = bench(run, {}, words);
    await b.ask(ARGS, { request: { isSilent: true } });
    expect(b.result).toMatchObject({ outcome: 'succeeded', data: { total: 7 }, attempts: 1 });
    expect(b.result).not.toHaveProperty('text');
    expect(b.sink.progress).toEqual([]);
    expect(b.faults).toEqual([]);
  });

  it('stores a failure without words, those of the tool and of a result that does not fit too', async () => {
    for (const value of [new Error('no'), { amount: 1n }]) {
      const run: Run = () => {
        if (value instanceof Error) throw value;
        return value;
      };
      const { bench: b } = bench(run, { sayOnFailure: 'Sorry.', retry: { attempts: 1 } }, words);
      await b.ask(ARGS, { request: { isSilent: true } });
      expect(b.result).toMatchObject({ outcome: 'failed', failure: { code: expect.any(String) } });
      expect(b.result).not.toHaveProperty('text');
    }
    expect(words.say).not.toHaveBeenCalled();
    expect(words.sayFailure).not.toHaveBeenCalled();
  });
});
