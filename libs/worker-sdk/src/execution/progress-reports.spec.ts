import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import { VirtualClock } from '@interject/testing';
import { handlerRegistration } from '../definition/handler-registration.js';
import { NoArguments } from '../no-arguments.js';
import { ToolBench } from '../testing/tool-bench.js';
import type { ToolCallContext } from '../tool.types.js';
import { MAX_PROGRESS_REPORTS, PROGRESS_GAP_MS } from './progress-gate.js';

type Run = (call: ToolCallContext, clock: VirtualClock) => Promise<unknown>;

function bench(run: Run) {
  const clock = new VirtualClock();
  const options = { name: 'import_data', description: 'Imports.', arguments: NoArguments, timeoutMs: 600_000 };
  const handler = { run: (_args: object, call: ToolCallContext) => run(call, clock) };
  return { clock, bench: new ToolBench(handlerRegistration(options, handler, 'Bench'), clock) };
}

const pause = (clock: VirtualClock, ms: number): Promise<void> =>
  new Promise((resolve) => {
    clock.setTimeout(resolve, ms);
  });

describe('progress reports of a handler in a loop', () => {
  it('are published at most every gap, the last of each kept, and do not slow the handler down', async () => {
    const { bench: b, clock } = bench(async (call) => {
      for (let i = 1; i <= 1000; i += 1) await call.progress(`Row ${String(i)}`);
      await pause(clock, 10_000);
      return 'Done.';
    });
    const startedAt = clock.now();
    await b.run({});
    expect(b.result?.at).toBe(startedAt + 10_000);
    expect(b.sink.progress).toMatchObject([
      { text: 'Row 1', sequence: 1, at: startedAt },
      { text: 'Row 1000', sequence: 2, at: startedAt + PROGRESS_GAP_MS },
    ]);
    expect(b.faults).toEqual(Array.from({ length: 998 }, () => 'progress-replaced'));
  });

  it('are never more than the most for one tool call', async () => {
    const { bench: b, clock } = bench(async (call) => {
      for (let i = 1; i <= MAX_PROGRESS_REPORTS + 50; i += 1) {
        await call.progress(`Row ${String(i)}`);
        await pause(clock, PROGRESS_GAP_MS);
      }
    });
    await b.run({});
    expect(b.result?.outcome).toBe('succeeded');
    expect(b.sink.progress.map(({ sequence }) => sequence)).toEqual(
      Array.from({ length: MAX_PROGRESS_REPORTS }, (_, i) => i + 1),
    );
    expect(b.faults).toEqual(Array.from({ length: 50 }, () => 'progress-dropped'));
  });

  it('do not come after the result, and leave no timer behind', async () => {
    const { bench: b, clock } = bench(async (call) => {
      await call.progress('First.');
      await call.progress('Second.');
      return 'Done.';
    });
    await b.ask({});
    expect(clock.nextTimerAt()).toBeUndefined();
    await clock.advance(10_000);
    expect(b.sink.progress).toMatchObject([{ text: 'First.' }]);
    expect(b.faults).toEqual(['progress-dropped']);
  });

  it('outlive the attempt that made them, as long as the job goes on', async () => {
    const { bench: b, clock } = bench(async (call) => {
      if (call.attempt === 2) {
        await pause(clock, 1000);
        return 'Done.';
      }
      await call.progress('First.');
      await call.progress('Second.');
      throw new Error('again');
    });
    await b.run({});
    expect(b.sink.progress).toMatchObject([{ text: 'First.' }, { text: 'Second.' }]);
    expect(b.faults).toEqual([]);
  });

  it('bring a speech plan with all its fields, and lose one that does not fit', async () => {
    const plan = {
      wording: 'assistant',
      template: 'By the way: {text}',
      repeatTemplate: 'As I said: {text}',
      maxCharacters: 200,
      language: 'pt-BR',
      minGapMs: 0,
      maxCount: 3,
    } as const;
    const { bench: b, clock } = bench(async (call) => {
      await call.progress('First.', plan);
      await pause(clock, 1000);
      await call.progress('Second.', { ...plan, template: 'no place for it' });
    });
    await b.run({});
    expect(b.sink.progress.map(({ speech }) => speech)).toEqual([plan, undefined]);
    expect(b.faults).toEqual(['speech-plan']);
  });
});
