import 'reflect-metadata';
import { setMaxListeners } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import { watchdogMs } from '@interject/contracts';
import type { ToolCallRequested } from '@interject/contracts';
import { Log } from '@interject/observability';
import { aToolCall, VirtualClock } from '@interject/testing';
import * as fc from 'fast-check';
import { compileTools } from '../definition/compile-tools.js';
import { handlerRegistration } from '../definition/handler-registration.js';
import { NoArguments } from '../no-arguments.js';
import { MemorySink } from '../testing/memory-sink.js';
import type { ToolCallContext, ToolHandlerOptions } from '../tool.types.js';
import type { StopCode } from './attempt.js';
import { JobHandedBackError } from './job.errors.js';
import type { JobSignal } from './job-signal.js';
import { ToolCallExecution } from './tool-call-execution.js';

type Run = (call: ToolCallContext) => unknown;

/** A delivery that keeps a record of what is done with its place and lease. */
class Delivery {
  readonly headers = {};
  readonly draining: AbortSignal;
  readonly signal: AbortSignal;
  readonly done: string[] = [];
  heldForMs: number | undefined;

  constructor(
    { draining, signal }: { draining: AbortSignal; signal: AbortSignal },
    readonly deliveryCount: number,
  ) {
    this.draining = draining;
    this.signal = signal;
  }

  standAside(): boolean {
    this.done.push('aside');
    return true;
  }

  comeBack(): void {
    if (this.done.at(-1) === 'aside') this.done.push('back');
  }

  holdFor(ms: number): void {
    this.heldForMs = ms;
  }
}

function setUp(options: Partial<ToolHandlerOptions>, run: Run, replicas?: () => number) {
  const clock = new VirtualClock();
  const sink = new MemorySink();
  const [draining, shutdown] = [new AbortController(), new AbortController()];
  setMaxListeners(0, draining.signal, shutdown.signal);
  const jobs = new Map<string, JobSignal>();
  const delays: string[] = [];
  const starts: number[] = [];
  const all = { name: 'build_report', description: 'B.', arguments: NoArguments, timeoutMs: 10_000, ...options };
  const [tool] = compileTools([handlerRegistration(all, { run: (_args, call) => run(call) }, 'Spec')], 'spec').tools;
  if (tool === undefined) throw new Error('the tool does not fit');
  const execution = new ToolCallExecution(tool, {
    clock,
    sink,
    results: sink,
    callEnds: {
      watch: async ({ toolCallId }, job) => {
        jobs.set(toolCallId, job);
        return () => jobs.delete(toolCallId);
      },
    },
    observer: {
      started: () => undefined,
      attempted: () => starts.push(clock.now()),
      finished: () => undefined,
      fault: () => undefined,
      delayed: (_tool, reason) => delays.push(reason),
    },
    log: Log.silent(),
    random: () => 0.5,
    replicas: replicas && { of: replicas },
  });
  const ask = (callId: string, toolCallId: string, over: Partial<ToolCallRequested> = {}, deliveryCount = 1) => {
    const { queueExpiryMs } = tool.definition;
    const common = { requestedAt: clock.now(), queueExpiryMs, watchdogMs: watchdogMs(tool.definition) };
    const delivery = new Delivery({ draining: draining.signal, signal: shutdown.signal }, deliveryCount);
    const settled = execution
      .handle(aToolCall({ ...common, callId, toolCallId, ...over }), delivery)
      .catch((error: unknown) => error);
    return { delivery, settled };
  };
  const results = () => sink.results.map(({ toolCallId, outcome }) => `${toolCallId} ${outcome}`);
  const stop = (id: string, code: StopCode) => jobs.get(id)?.stop(code);
  return { clock, sink, execution, ask, results, stop, delays, starts, draining, shutdown };
}

/** Takes its time, or until it is not wanted any more. */
function lasting(clock: () => VirtualClock, ms: number): Run {
  return (call) =>
    new Promise((resolve, reject) => {
      clock().setTimeout(() => {
        resolve('Done.');
      }, ms);
      call.signal.addEventListener('abort', () => {
        reject(call.signal.reason as Error);
      });
    });
}

/** With a handler that takes `ms`. */
function limited(options: Partial<ToolHandlerOptions>, ms: number, replicas?: () => number) {
  const box: { clock?: VirtualClock } = {};
  const made = setUp(
    options,
    lasting(() => box.clock ?? new VirtualClock(), ms),
    replicas,
  );
  box.clock = made.clock;
  return made;
}

describe('the limit of a call', () => {
  it('runs so many jobs of a call at a time; the others stand aside and come back', async () => {
    const { clock, ask, results, execution, delays } = limited({ concurrencyPerCall: 1 }, 1000);
    const first = ask('a', 'a1');
    const second = ask('a', 'a2');
    const other = ask('b', 'b1');
    await clock.advance(1000);
    expect(results()).toEqual(['a1 succeeded', 'b1 succeeded']);
    expect([first, second, other].map(({ delivery }) => delivery.done)).toEqual([[], ['aside', 'back'], []]);
    expect(delays).toEqual(['call-limit']);
    await clock.advance(1000);
    expect(results()).toContain('a2 succeeded');
    expect(execution.waiting).toEqual({ 'call-limit': 0, concurrency: 0, 'rate-limit': 0 });
  });

  it('is ten by default', async () => {
    const { clock, ask, execution } = limited({}, 1000);
    for (let i = 0; i < 12; i += 1) ask('a', `a${String(i)}`);
    await clock.advance(1);
    expect(execution.waiting['call-limit']).toBe(2);
    expect(execution.running).toBe(12);
  });

  it('does not let those that come back exceed the concurrency', async () => {
    const { clock, ask, starts, delays } = limited({ concurrency: 2, concurrencyPerCall: 1 }, 1000);
    for (const id of ['a1', 'a2', 'b1', 'b2', 'c1']) ask(id.slice(0, 1), id);
    const startedAt = clock.now();
    await clock.advance(10_000);
    expect(starts.map((at) => at - startedAt)).toEqual([0, 0, 1000, 1000, 2000]);
    expect(delays.filter((reason) => reason === 'concurrency').length).toBeGreaterThan(0);
  });

  it('counts waiting as waiting: who cannot begin in time is expired, and says why', async () => {
    const { clock, ask, sink, results } = limited({ concurrencyPerCall: 1, queueExpiryMs: 500 }, 1000);
    ask('a', 'a1');
    ask('a', 'a2');
    await clock.advance(499);
    expect(results()).toEqual([]);
    await clock.advance(1);
    expect(sink.results[0]).toMatchObject({
      toolCallId: 'a2',
      outcome: 'expired',
      attempts: 0,
      failure: { code: 'queue-expired', message: expect.stringContaining('raise concurrencyPerCall') },
    });
  });

  it.each(['cancelled', 'call-ended'] as const)('ends the wait of a job that is stopped: %s', async (code) => {
    const { clock, ask, sink, stop, starts } = limited({ concurrencyPerCall: 1 }, 1000);
    ask('a', 'a1');
    const { settled } = ask('a', 'a2');
    await clock.advance(10);
    stop('a2', code);
    expect(await settled).toBeUndefined();
    expect(sink.results[0]).toMatchObject({ toolCallId: 'a2', outcome: 'cancelled', attempts: 0 });
    await clock.advance(5000);
    expect(starts).toHaveLength(1);
  });
});

describe('the rate of starts', () => {
  it('takes a token for every attempt', async () => {
    const { clock, ask, starts, results } = setUp(
      { rateLimit: { limit: 2, perMs: 5000 }, retry: { attempts: 2, backoffMs: 0 } },
      (call) => {
        if (call.attempt === 1) throw new Error('again');
        return 'Done.';
      },
    );
    const startedAt = clock.now();
    ask('a', 'a1');
    ask('b', 'b1');
    await clock.advance(20_000);
    expect(starts.map((at) => at - startedAt)).toEqual([0, 0, 5000, 5000]);
    expect(results()).toEqual(['a1 succeeded', 'b1 succeeded']);
  });

  it('is shared evenly by the replicas that live', async () => {
    const { clock, ask, starts, execution } = limited({ rateLimit: { limit: 4, perMs: 1000 } }, 1, () => 2);
    for (let i = 0; i < 6; i += 1) ask(String(i), `t${String(i)}`);
    await clock.advance(999);
    expect(starts).toHaveLength(2);
    expect(execution.waiting['rate-limit']).toBe(4);
    await clock.advance(1001);
    expect(starts).toHaveLength(6);
  });

  it('expires a job that gets no token in time', async () => {
    const { clock, ask, sink } = limited({ rateLimit: { limit: 1, perMs: 60_000 }, queueExpiryMs: 1000 }, 1);
    ask('a', 'a1');
    ask('a', 'a2');
    await clock.advance(1000);
    expect(sink.results).toMatchObject([
      { toolCallId: 'a1', outcome: 'succeeded' },
      { toolCallId: 'a2', outcome: 'expired', failure: { message: expect.stringContaining('rateLimit') } },
    ]);
  });

  it('ends as the last attempt did when no further one can start before the watchdog', async () => {
    const { clock, ask, sink } = setUp(
      { rateLimit: { limit: 1, perMs: 3_000_000 }, timeoutMs: 1000, queueExpiryMs: 1000, retry: { backoffMs: 0 } },
      () => {
        throw new Error('no');
      },
    );
    const { settled } = ask('a', 'a1');
    const startedAt = clock.now();
    await clock.advance(60_000);
    await settled;
    const [result] = sink.results;
    expect(result).toMatchObject({ outcome: 'failed', attempts: 1, failure: { code: 'handler-failed' } });
    const watchdog = watchdogMs({ queueExpiryMs: 1000, timeoutMs: 1000, retry: { attempts: 3, backoffMs: 0 } });
    expect((result?.at ?? 0) - startedAt).toBe(watchdog - 1000);
  });
});

describe('a stop of the process', () => {
  it('gives back at once what has not begun, and lets the others end', async () => {
    const { clock, ask, results, draining } = limited(
      { concurrencyPerCall: 1, rateLimit: { limit: 2, perMs: 9000 } },
      500,
    );
    const running = ask('a', 'a1');
    const forCall = ask('a', 'a2');
    const running2 = ask('b', 'b1');
    const forRate = ask('c', 'c1');
    await clock.advance(100);
    draining.abort();
    expect(await forCall.settled).toBeInstanceOf(JobHandedBackError);
    expect(await forRate.settled).toBeInstanceOf(JobHandedBackError);
    const late = ask('d', 'd1');
    expect(await late.settled).toBeInstanceOf(JobHandedBackError);
    await clock.advance(400);
    expect(await Promise.all([running.settled, running2.settled])).toEqual([undefined, undefined]);
    expect(results()).toEqual(['a1 succeeded', 'b1 succeeded']);
    expect(clock.nextTimerAt()).toBeUndefined();
  });

  it('lets a job that is between two attempts try again as long as the process waits', async () => {
    const { clock, ask, results, draining } = setUp({ retry: { attempts: 2, backoffMs: 1000 } }, (call) => {
      if (call.attempt === 1) throw new Error('again');
      return 'Done.';
    });
    ask('a', 'a1');
    await clock.advance(100);
    draining.abort();
    await clock.advance(400);
    expect(results()).toEqual(['a1 succeeded']);
  });
});

describe('the lease', () => {
  it('is held until the watchdog has answered and a little longer, however old the job is', async () => {
    const { clock, ask } = limited({}, 1);
    const fresh = ask('a', 'a1', { requestedAt: clock.now() - 1000, watchdogMs: 60_000 });
    await clock.advance(0);
    expect(fresh.delivery.heldForMs).toBe(59_000 + 30_000);
    const old = ask('a', 'a2', { requestedAt: clock.now() - 100_000, watchdogMs: 60_000 });
    await clock.advance(0);
    expect(old.delivery.heldForMs).toBe(30_000);
    await clock.advance(10);
  });

  it('asks whether there is a result for a job that is old, whatever the broker counts', async () => {
    const { clock, ask, starts, sink } = limited({}, 1);
    ask('a', 'a1');
    await clock.advance(5000);
    expect(sink.results).toHaveLength(1);
    await ask('a', 'a1', { requestedAt: clock.now() - 5000 }).settled;
    expect(starts).toHaveLength(1);
  });
});

describe('limits of any kind', () => {
  it('hold for whatever is asked, and every job ends once', async () => {
    const asks = fc.array(fc.record({ call: fc.nat(3), afterMs: fc.nat(400), ms: fc.nat(3000) }), { maxLength: 40 });
    const limits = fc.record({
      concurrency: fc.integer({ min: 1, max: 4 }),
      concurrencyPerCall: fc.integer({ min: 1, max: 3 }),
      rateLimit: fc.option(
        fc.record({ limit: fc.integer({ min: 1, max: 4 }), perMs: fc.integer({ min: 1, max: 1000 }) }),
        { nil: undefined },
      ),
    });
    await fc.assert(
      fc.asyncProperty(limits, asks, async ({ rateLimit, ...slots }, all) => {
        const running: string[] = [];
        let clock = new VirtualClock();
        const durations = new Map(all.map(({ ms }, i) => [String(i), ms]));
        const made = setUp({ ...slots, ...(rateLimit && { rateLimit }), queueExpiryMs: 5000 }, async (call) => {
          running.push(call.callId);
          expect(running.length).toBeLessThanOrEqual(slots.concurrency);
          const same = running.filter((id) => id === call.callId).length;
          expect(same).toBeLessThanOrEqual(slots.concurrencyPerCall);
          await new Promise<void>((resolve) => {
            clock.setTimeout(resolve, durations.get(call.toolCallId) ?? 0);
          });
          running.splice(running.indexOf(call.callId), 1);
        });
        ({ clock } = made);
        for (const [i, { call, afterMs }] of all.entries()) {
          made.ask(String(call), String(i));
          await clock.advance(afterMs);
        }
        await clock.advance(60_000);
        expect(made.results()).toHaveLength(all.length);
        expect(made.sink.results.every(({ outcome }) => outcome === 'succeeded' || outcome === 'expired')).toBe(true);
        expect(made.execution.running).toBe(0);
        expect(clock.nextTimerAt()).toBeUndefined();
        if (rateLimit === undefined) return;
        made.starts.forEach((at, i) => {
          const later = made.starts[i + rateLimit.limit];
          if (later !== undefined) expect(later - at).toBeGreaterThanOrEqual(rateLimit.perMs);
        });
      }),
      { numRuns: 60 },
    );
  }, 60_000);
});
