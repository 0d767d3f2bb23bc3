import type { ToolCallOutcome } from '@interject/contracts';
import { describe, expect, it } from '@jest/globals';
import { CALL_ID, CallDriver, speaking, START, toolCall } from './call-driver.spec-kit.js';

/** A call in progress with one pending tool call. */
function waiting(more: Parameters<CallDriver['toolCall']>[2] = {}): CallDriver {
  const driver = new CallDriver({ speaker: speaking() }).live();
  return driver.status(0, 'in-progress').turn(10, 'assistant', 1000).toolCall(20, 'tc', more).run(3000);
}

function cancel(driver: CallDriver, inMs: number, toolCallId = 'tc'): CallDriver {
  return driver.in(inMs, (at) => ({
    kind: 'cancel-requested',
    fact: { callId: CALL_ID, toolCallId, reason: 'the caller', at },
  }));
}

function failure(driver: CallDriver, inMs: number, outcome: ToolCallOutcome): CallDriver {
  return driver.in(inMs, (at) => ({
    kind: 'result',
    fact: {
      callId: CALL_ID,
      toolCallId: 'tc',
      tool: 'report',
      outcome,
      text: 'That did not work.',
      attempts: 1,
      requestedAt: START,
      at,
    },
  }));
}

describe('CallMachine: a cancelled tool call', () => {
  it.each(['failed', 'timed-out', 'expired', 'cancelled'] as const)(
    'that ends %s is not spoken of, and nobody follows up',
    (outcome) => {
      const driver = failure(cancel(waiting(), 0), 100, outcome).run(10_000);
      expect(driver.posts).toEqual([]);
      expect(driver.records).toEqual([]);
      expect(driver.machine.snapshot(driver.now).toolCalls).toMatchObject([{ state: outcome }]);
      const over = failure(cancel(waiting(), 0).ended(50), 100, outcome).run(10_000);
      expect(over.done('publish-undelivered')).toEqual([]);
      expect(over.done('close')).toHaveLength(1);
    },
  );

  it('that was done all the same is announced: it cannot be undone, so it must not be hidden', () => {
    const driver = cancel(waiting(), 0).result(100, 'tc', 'It is booked.').run(10_000);
    expect(driver.said().map(([, text]) => text)).toEqual(['It is booked.']);
  });

  it('that had failed before is announced', () => {
    const driver = cancel(failure(waiting(), 0, 'failed'), 1).run(10_000);
    expect(driver.said().map(([, text]) => text)).toEqual(['That did not work.']);
    expect(driver.machine.snapshot(driver.now).toolCalls[0]).not.toHaveProperty('cancelRequestedAt');
  });

  it('is ended by the watchdog without words if no worker lives', () => {
    const driver = cancel(waiting({ watchdogMs: 60_000, sayOnFailure: 'No report.' }), 0).run(70_000);
    expect(driver.done('publish-result').map(({ data }) => data)).toEqual([
      {
        callId: CALL_ID,
        toolCallId: 'tc',
        tool: 'report',
        outcome: 'cancelled',
        failure: { code: 'cancelled', message: expect.stringContaining('no worker'), retryable: false },
        attempts: 0,
        requestedAt: START + 20,
        at: START + 60_020,
      },
    ]);
    expect(driver.posts).toEqual([]);
  });

  it('has neither fillers nor progress reports', () => {
    const fillers = { texts: ['Still at it.'], afterMs: 5000, everyMs: 8000, max: 2, onSilenceLimit: 'Stay.' };
    const driver = waiting({ fillers }).floor(0, 'caller', 'started').progress(10, 'tc', 1);
    cancel(driver, 20).progress(30, 'tc', 2).floor(40, 'caller', 'stopped').run(60_000);
    expect(driver.posts).toEqual([]);
    expect(driver.records).toMatchObject([{ source: 'progress', state: 'replaced' }]);
  });

  it('may be cancelled before it is known, as in a replay', () => {
    const driver = new CallDriver();
    const at = START;
    const fact = { callId: CALL_ID, toolCallId: 'tc', reason: 'the caller', at };
    driver.machine.replay({ kind: 'cancel-requested', fact }, at);
    driver.machine.replay({ kind: 'tool-call', fact: toolCall('tc', at, { watchdogMs: 60_000 }) }, at);
    driver.live().run(70_000);
    expect(driver.done('publish-result').map(({ data }) => data.outcome)).toEqual(['cancelled']);
  });

  it('does not keep a call from being forgotten if there is no such tool call', () => {
    const driver = cancel(new CallDriver().live().status(0, 'in-progress'), 10, 'nonsense').run(100);
    expect(driver.machine.snapshot(driver.now).toolCalls).toEqual([]);
    driver.ended(0).run(10_000);
    expect(driver.done('close')).toHaveLength(1);
  });
});

describe('CallMachine: the list of tool calls', () => {
  it('is in the order of the requests, whichever result came first, and tells who is to stop', () => {
    const driver = new CallDriver({ toolCalls: [] }).live().status(0, 'in-progress');
    driver.result(5, 'second', undefined).toolCall(10, 'first').toolCall(20, 'second').toolCall(30, 'third').run(100);
    cancel(driver, 0, 'third').run(10);
    const { toolCalls } = driver.machine.snapshot(driver.now);
    expect(toolCalls.map(({ toolCallId }) => toolCallId)).toEqual(['first', 'second', 'third']);
    expect(toolCalls.map(({ cancelRequestedAt }) => cancelRequestedAt)).toEqual([undefined, undefined, START + 100]);
  });

  it('has the newest report of each that is pending, whatever order they come in, but not in what everybody sees', () => {
    const driver = waiting().toolCall(0, 'done').progress(10, 'done', 1, 'Nearly.');
    driver.progress(10, 'tc', 2, 'Adding up.').progress(20, 'tc', 1, 'Begun.').result(30, 'done', 'Done.').run(100);
    expect([...driver.machine.progress()]).toEqual([['tc', 'Adding up.']]);
    expect(JSON.stringify(driver.machine.snapshot(driver.now))).not.toContain('Adding');
  });
});
