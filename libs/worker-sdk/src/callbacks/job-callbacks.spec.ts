import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import { checkCallbackToken, watchdogMs } from '@interject/contracts';
import type { ToolCallCalledBack, ToolCallRequested } from '@interject/contracts';
import { Log } from '@interject/observability';
import { aToolCall, VirtualClock } from '@interject/testing';
import { compileTools } from '../definition/compile-tools.js';
import { handlerRegistration } from '../definition/handler-registration.js';
import type { CallbackAnswers, ExecutionPorts } from '../execution/job.types.js';
import { ToolCallExecution } from '../execution/tool-call-execution.js';
import { NoArguments } from '../no-arguments.js';
import { MemorySink } from '../testing/memory-sink.js';
import { isToolCallAborted } from '../tool-errors.js';
import type { Callback, ToolCallContext } from '../tool.types.js';

const SECRET = 'a secret of this test';
const TIMEOUT_MS = 10_000;

/** Callbacks that a test makes; waits end with their signal. */
class FakeAnswers implements CallbackAnswers {
  came: ToolCallCalledBack | undefined;
  readonly open = new Set<(event: ToolCallCalledBack) => void>();

  answer(_request: ToolCallRequested, signal: AbortSignal): Promise<ToolCallCalledBack> {
    return new Promise((resolve, reject) => {
      this.open.add(resolve);
      signal.addEventListener('abort', () => {
        this.open.delete(resolve);
        reject(signal.reason as Error);
      });
    });
  }

  async stored(): Promise<ToolCallCalledBack | undefined> {
    return this.came;
  }
}

function setUp(run: (call: ToolCallContext) => unknown, isSetUp = true) {
  const clock = new VirtualClock();
  const sink = new MemorySink();
  const answers = new FakeAnswers();
  const options = { name: 'build_report', description: 'B.', arguments: NoArguments, timeoutMs: TIMEOUT_MS };
  const registration = handlerRegistration(options, { run: (_args, call) => run(call) }, 'Spec');
  const [tool] = compileTools([registration], 'spec').tools;
  if (tool === undefined) throw new Error('the tool does not fit');
  const ports: ExecutionPorts = {
    clock,
    sink,
    results: sink,
    callEnds: { watch: async () => () => undefined },
    observer: {
      started: () => undefined,
      attempted: () => undefined,
      finished: () => undefined,
      fault: () => undefined,
    },
    log: Log.silent(),
    random: () => 0.5,
    callbacks: isSetUp ? { publicUrl: 'https://interject.example/', secret: SECRET, answers } : undefined,
  };
  const execution = new ToolCallExecution(tool, ports);
  const request = aToolCall({ requestedAt: clock.now(), watchdogMs: watchdogMs(tool.definition) });
  const deliver = (deliveryCount = 1) =>
    execution.handle(request, { deliveryCount, headers: {}, signal: new AbortController().signal });
  const handedOver = () => sink.published.filter(({ subject }) => subject.includes('.handed-over.'));
  return { clock, sink, answers, request, deliver, handedOver };
}

function calledBack(request: ToolCallRequested, outcome: 'succeeded' | 'failed', data?: unknown): ToolCallCalledBack {
  const { callId, toolCallId, tool } = request;
  return { callId, toolCallId, tool, outcome, at: 1, ...(data !== undefined && { data }) };
}

describe('call.callback', () => {
  it('gives a URL for this tool call until its watchdog, stores the hand-over once, and brings the answer', async () => {
    let callback: Callback | undefined;
    const { clock, answers, request, deliver, handedOver, sink } = setUp(async (call) => {
      callback = await call.callback();
      await callback.handedOver();
      await callback.handedOver();
      return callback.answer();
    });
    const done = deliver();
    await clock.advance(0);
    expect(callback?.wasHandedOver).toBe(false);
    const [base, token] = (callback?.url ?? '').split('/callbacks/');
    expect(base).toBe('https://interject.example');
    const { callId, toolCallId, tool } = request;
    const expiresAt = request.requestedAt + request.watchdogMs;
    const subject = { callId, toolCallId, tool, expiresAt };
    expect(checkCallbackToken(SECRET, token ?? '', expiresAt)).toEqual({ kind: 'valid', subject });
    expect(handedOver()).toHaveLength(1);
    for (const resolve of answers.open) resolve(calledBack(request, 'succeeded', { total: 7 }));
    await done;
    expect(sink.results[0]).toMatchObject({
      outcome: 'succeeded',
      data: { outcome: 'succeeded', data: { total: 7 } },
      attempts: 1,
    });
  });

  it('tells the next attempt, and the next replica, that the backend has the job', async () => {
    const seen: [attempt: number, wasHandedOver: boolean][] = [];
    const { clock, deliver, handedOver, sink } = setUp(async (call) => {
      const callback = await call.callback();
      seen.push([call.attempt, callback.wasHandedOver]);
      if (callback.wasHandedOver) return 'waited';
      await callback.handedOver();
      throw new Error('lost the connection');
    });
    const done = deliver();
    await clock.advance(60_000);
    await done;
    expect(seen).toEqual([
      [1, false],
      [2, true],
    ]);
    expect(handedOver()).toHaveLength(1);
    // As if the worker had been lost before the result was stored.
    sink.published.splice(0, sink.published.length, ...handedOver());
    await deliver(2);
    expect(seen.at(-1)).toEqual([1, true]);
  });

  it('takes a callback for a hand-over: a worker may be lost after the one and before the other', async () => {
    const { answers, deliver, request, sink } = setUp(async (call) => (await call.callback()).wasHandedOver);
    answers.came = calledBack(request, 'succeeded');
    await deliver(2);
    expect(sink.results[0]).toMatchObject({ data: true });
  });

  it('looks what came, without waiting for it', async () => {
    const { answers, deliver, request, sink } = setUp(async (call) => {
      const callback = await call.callback();
      const before = (await callback.peek()) ?? 'nothing';
      answers.came = calledBack(request, 'failed', 7);
      return [before, await callback.peek()];
    });
    await deliver();
    expect(sink.results[0]).toMatchObject({ data: ['nothing', { outcome: 'failed', data: 7 }] });
  });

  it('ends the job with the deadline of the attempt that handed it over, whatever attempts are left', async () => {
    const { clock, deliver, sink } = setUp(async (call) => {
      const callback = await call.callback();
      if (!callback.wasHandedOver) await callback.handedOver();
      await callback.answer();
    });
    const done = deliver();
    await clock.advance(TIMEOUT_MS);
    await done;
    expect(sink.results).toMatchObject([
      {
        outcome: 'timed-out',
        attempts: 1,
        failure: { code: 'deadline-exceeded', retryable: true, message: expect.stringContaining('did not call back') },
      },
    ]);
    // As if the worker had been lost before that.
    sink.published.splice(
      0,
      sink.published.length,
      ...sink.published.filter(({ subject }) => subject.includes('handed')),
    );
    const again = deliver(2);
    await clock.advance(TIMEOUT_MS);
    await again;
    expect(sink.results).toMatchObject([{ outcome: 'timed-out', attempts: 1 }]);
  });

  it('does not look for a hand-over at the first attempt of the first delivery', async () => {
    const { deliver, sink } = setUp(async (call) => (await call.callback()).wasHandedOver);
    sink.last = async () => {
      throw new Error('a look-up');
    };
    await deliver();
    expect(sink.results[0]).toMatchObject({ data: false });
  });

  it('insists on storing the hand-over, and on knowing of one: a backend must not be asked twice', async () => {
    const { clock, deliver, sink, handedOver } = setUp(async (call) => {
      const callback = await call.callback();
      if (!callback.wasHandedOver) await callback.handedOver();
      return callback.wasHandedOver;
    });
    let failures = 3;
    sink.beforePublish = ({ subject }) => {
      if (subject.includes('handed-over') && failures-- > 0)
        throw Object.assign(new Error('away'), { retryable: true });
    };
    const done = deliver();
    await clock.advance(1400);
    expect(handedOver()).toHaveLength(0);
    await clock.advance(100);
    await done;
    expect(handedOver()).toHaveLength(1);
    expect(sink.results[0]).toMatchObject({ data: false, attempts: 1 });
    sink.published.splice(0, sink.published.length, ...handedOver());
    const last = sink.last.bind(sink);
    let lookUps = 0;
    sink.last = async (stream, subject) => {
      if (subject.includes('handed-over') && (lookUps += 1) < 3) throw new Error('away');
      return last(stream, subject);
    };
    const again = deliver(2);
    await clock.advance(1000);
    await again;
    expect(sink.results[0]).toMatchObject({ data: true, attempts: 1 });
  });

  it('ends the wait with the deadline of the attempt', async () => {
    const reasons: unknown[] = [];
    const { clock, answers, deliver, sink } = setUp(async (call) => {
      const callback = await call.callback();
      await callback.answer().catch((error: unknown) => {
        reasons.push(isToolCallAborted(error) && error.code);
        throw error;
      });
    });
    const done = deliver();
    await clock.advance(60_000);
    await done;
    expect(reasons).toEqual(['deadline', 'deadline', 'deadline']);
    expect(answers.open.size).toBe(0);
    expect(sink.results[0]).toMatchObject({ outcome: 'timed-out', attempts: 3 });
  });

  it('ends a wait that the handler does not care for any more, without a rejection that nobody handles', async () => {
    const { clock, answers, deliver } = setUp(async (call) => {
      const callback = await call.callback();
      void callback.answer();
      return 'done';
    });
    await deliver();
    await clock.advance(0);
    expect(answers.open.size).toBe(0);
  });

  it('refuses for good where it is not set up, and says what to set', async () => {
    let refusal: unknown;
    const { deliver, sink } = setUp(async (call) => {
      await call.callback().catch((error: unknown) => {
        refusal = error;
        throw error;
      });
    }, false);
    await deliver();
    expect((refusal as Error).message).toMatch(/set GATEWAY_PUBLIC_URL .* and CALLBACK_SECRET/);
    expect(sink.results[0]).toMatchObject({
      outcome: 'failed',
      attempts: 1,
      failure: { code: 'callbacks-not-set-up', retryable: false },
    });
  });
});
