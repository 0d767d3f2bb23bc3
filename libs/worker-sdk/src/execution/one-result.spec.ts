import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import { parse, ToolCallFinished } from '@interject/contracts';
import { VirtualClock } from '@interject/testing';
import * as fc from 'fast-check';
import { handlerRegistration } from '../definition/handler-registration.js';
import { NoArguments } from '../no-arguments.js';
import { ToolBench } from '../testing/tool-bench.js';
import { NonRetryableError, ToolError } from '../tool-errors.js';
import type { ToolCallContext } from '../tool.types.js';
import { JobHandedBackError } from './job.errors.js';

const TIMEOUT_MS = 1000;
const FOREVER_MS = 10_000_000;

const cycle: { self?: unknown } = {};
cycle.self = cycle;
const VALUES = [
  undefined,
  null,
  'Done.',
  { ok: true },
  cycle,
  10n,
  () => 1,
  'x'.repeat(300_000),
  {
    toJSON: () => {
      throw new Error('j');
    },
  },
];
const THROWN = [
  new Error('e'),
  'text',
  null,
  undefined,
  7,
  new NonRetryableError('n'),
  ToolError.retryable('r', { retryAfterMs: 3000 }),
];
const WORDS = [
  'It is done.',
  '',
  undefined,
  5,
  { text: 'Done.', speech: { timing: 'never' } },
  Promise.resolve('x'),
  'throw',
] as const;

type Behaviour =
  | { readonly kind: 'return'; readonly afterMs: number; readonly value: number }
  | { readonly kind: 'throw'; readonly afterMs: number; readonly error: number }
  | { readonly kind: 'throw-at-once'; readonly error: number }
  | { readonly kind: 'hang' }
  | { readonly kind: 'obey' };

/** Up to twice the timeout: also handlers that end after their attempt was decided. */
const afterMs = fc.integer({ min: 0, max: 2 * TIMEOUT_MS });
const behaviour: fc.Arbitrary<Behaviour> = fc.oneof(
  fc.record({ kind: fc.constant('return' as const), afterMs, value: fc.nat(VALUES.length - 1) }),
  fc.record({ kind: fc.constant('throw' as const), afterMs, error: fc.nat(THROWN.length - 1) }),
  fc.record({ kind: fc.constant('throw-at-once' as const), error: fc.nat(THROWN.length - 1) }),
  fc.record({ kind: fc.constant('hang' as const) }),
  fc.record({ kind: fc.constant('obey' as const) }),
);

const scenario = fc.record({
  behaviours: fc.array(behaviour, { minLength: 1, maxLength: 4 }),
  say: fc.nat(WORDS.length - 1),
  chatty: fc.boolean(),
  publishFailures: fc.nat(5),
  progressFails: fc.boolean(),
  random: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
  end: fc.option(
    fc.record({
      code: fc.constantFrom('call-ended', 'cancelled', 'shutdown'),
      afterMs: fc.integer({ min: 0, max: 8000 }),
    }),
    { nil: undefined },
  ),
});
type Scenario = typeof scenario extends fc.Arbitrary<infer T> ? T : never;

function perform(clock: VirtualClock, behaviour: Behaviour, call: ToolCallContext): unknown {
  switch (behaviour.kind) {
    case 'return':
      return new Promise((resolve) =>
        clock.setTimeout(() => {
          resolve(VALUES[behaviour.value]);
        }, behaviour.afterMs),
      );
    case 'throw':
      return new Promise((_, reject) =>
        clock.setTimeout(() => {
          // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- handlers throw anything
          reject(THROWN[behaviour.error]);
        }, behaviour.afterMs),
      );
    case 'throw-at-once':
      // eslint-disable-next-line @typescript-eslint/only-throw-error -- handlers throw anything
      throw THROWN[behaviour.error];
    case 'hang':
      return new Promise(() => undefined);
    case 'obey':
      return new Promise((_, reject) => {
        call.signal.addEventListener('abort', () => {
          reject(call.signal.reason as Error);
        });
      });
  }
}

function benchOf(clock: VirtualClock, { behaviours, say, chatty, publishFailures, progressFails, random }: Scenario) {
  const run = (_args: object, call: ToolCallContext): unknown => {
    if (chatty) {
      void call.progress('At work.');
      clock.setTimeout(() => void call.progress('Still at work.'), TIMEOUT_MS + 100);
    }
    return perform(clock, behaviours[call.attempt - 1] ?? { kind: 'hang' }, call);
  };
  const words = WORDS[say];
  const speak = (): never => {
    if (words === 'throw') throw new Error('words');
    return words as never;
  };
  const options = {
    name: 'any_tool',
    description: 'Does anything.',
    arguments: NoArguments,
    timeoutMs: TIMEOUT_MS,
    retry: { attempts: 3, backoffMs: 200 },
  };
  const bench = new ToolBench(handlerRegistration(options, { run, say: speak, sayFailure: speak }, 'Any'), clock);
  bench.random = random;
  let failures = publishFailures;
  bench.sink.beforePublish = ({ type }) => {
    if (type.includes('progress') ? progressFails : failures-- > 0) throw new Error('away');
  };
  return bench;
}

describe('exactly one result', () => {
  it('for whatever a handler does, says and reports, unless the job is given back', async () => {
    await fc.assert(
      fc.asyncProperty(scenario, async (chosen) => {
        const clock = new VirtualClock();
        const bench = benchOf(clock, chosen);
        const { end } = chosen;
        const settled = bench.ask({}).then(
          () => 'acknowledged' as const,
          (error: unknown) => error,
        );
        if (end !== undefined) {
          await clock.advance(end.afterMs);
          if (end.code === 'shutdown') bench.shutDown();
          else bench.stop(end.code);
        }
        // Every timer runs out, those of handlers that ignored their signal too.
        await clock.advance(FOREVER_MS);
        const outcome = await settled;
        expect(bench.running).toBe(0);
        expect(bench.attempts).toBeLessThanOrEqual(3);
        if (outcome === 'acknowledged') {
          expect(bench.sink.results).toHaveLength(1);
          expect(bench.outcomes).toHaveLength(1);
          expect(() => parse(ToolCallFinished, bench.result)).not.toThrow();
          // Reports never come after the result.
          expect(bench.sink.published.at(-1)?.type).toBe('interject.call.result.v1');
        } else {
          expect(end?.code).toBe('shutdown');
          expect(bench.sink.results).toHaveLength(0);
          if (!(outcome instanceof JobHandedBackError)) expect(outcome).toMatchObject({ message: 'away' });
        }
      }),
      { numRuns: 300 },
    );
  }, 60_000);
});
