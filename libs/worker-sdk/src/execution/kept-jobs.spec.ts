import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import { VirtualClock } from '@interject/testing';
import { handlerRegistration } from '../definition/handler-registration.js';
import { NoArguments } from '../no-arguments.js';
import { ToolBench } from '../testing/tool-bench.js';
import { NonRetryableError } from '../tool-errors.js';
import type { ToolHandlerOptions } from '../tool.types.js';

function setUp(run: () => unknown, over: Partial<ToolHandlerOptions> = {}) {
  const clock = new VirtualClock();
  const options = { name: 'build_report', description: 'B.', arguments: NoArguments, timeoutMs: 1000, ...over };
  const bench = new ToolBench(handlerRegistration(options, { run }, 'Spec'), clock);
  const kept: string[] = [];
  return { bench, clock, kept, keepAsDeadLetter: (reason: string) => void kept.push(reason) };
}

const fail = (error: Error) => () => {
  throw error;
};

describe('what is kept as a dead letter', () => {
  it.each<[string, () => unknown, string[]]>([
    ['attempts used up', fail(new Error('away')), ['handler-failed']],
    ['the deadline', () => new Promise(() => undefined), ['deadline-exceeded']],
    ['a refusal', fail(new NonRetryableError('no')), []],
    ['a result that is none', () => 10n, []],
    ['a success', () => 'Done.', []],
  ])('%s', async (_case, run, letters) => {
    const { bench, kept, keepAsDeadLetter } = setUp(run);
    await bench.run({}, { keepAsDeadLetter });
    expect(bench.sink.results).toHaveLength(1);
    expect(kept).toEqual(letters);
  });

  it('is a job that expired, or whose workers were lost, but not one that was cancelled', async () => {
    const expired = setUp(() => 'Done.', { queueExpiryMs: 10 });
    const requestedAt = expired.clock.now() - 11;
    await expired.bench.run({}, { request: { requestedAt }, keepAsDeadLetter: expired.keepAsDeadLetter });
    expect(expired.kept).toEqual(['queue-expired']);
    const lost = setUp(() => 'Done.');
    const { sink } = lost.bench;
    const job = { callId: 'call-1', toolCallId: 'tool-call-1', tool: lost.bench.definition.name };
    await sink.publish(sink.events.restarted({ ...job, runs: 9, at: 0 }));
    await lost.bench.run({}, { deliveryCount: 2, keepAsDeadLetter: lost.keepAsDeadLetter });
    expect(lost.kept).toEqual(['worker-lost']);
    const cancelled = setUp(() => 'Done.');
    cancelled.bench.stoppedBefore = 'cancelled';
    await cancelled.bench.run({}, { keepAsDeadLetter: cancelled.keepAsDeadLetter });
    expect(cancelled.kept).toEqual([]);
  });

  it('is also a job whose worker was lost after its failure was stored, and one that the watchdog has answered', async () => {
    const { bench, kept, keepAsDeadLetter } = setUp(fail(new Error('away')));
    await bench.run({});
    await bench.run({}, { deliveryCount: 2, keepAsDeadLetter });
    expect(kept).toEqual(['handler-failed']);
    const late = setUp(() => 'Done.');
    const { sink } = late.bench;
    const failure = { code: 'deadline-exceeded', message: '-', retryable: false };
    const common = { callId: 'call-1', toolCallId: 'tool-call-1', tool: 'build_report' };
    await sink.publish(
      sink.events.result({ ...common, outcome: 'timed-out', failure, attempts: 0, requestedAt: 0, at: 1 }),
    );
    const request = { requestedAt: late.clock.now() - 600_000 };
    await late.bench.ask({}, { request, keepAsDeadLetter: late.keepAsDeadLetter });
    expect(late.kept).toEqual(['deadline-exceeded']);
    expect(late.bench.attempts).toBe(0);
  });
});
