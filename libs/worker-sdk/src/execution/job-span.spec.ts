import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import { EventTypes } from '@interject/contracts';
import { Log, parseTraceparent } from '@interject/observability';
import { RecordingTracer } from '@interject/observability/testing';
import { VirtualClock } from '@interject/testing';
import { handlerRegistration } from '../definition/handler-registration.js';
import { NoArguments } from '../no-arguments.js';
import { ToolBench } from '../testing/tool-bench.js';
import type { ToolCallContext, ToolHandlerOptions } from '../tool.types.js';
import { JobHandedBackError } from './job.errors.js';

const WEBHOOK = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
const HEADERS = { traceparent: WEBHOOK };

type Run = (args: object, call: ToolCallContext) => unknown;

function setUp(run: Run, over: Partial<ToolHandlerOptions> = {}, tracer?: RecordingTracer) {
  const clock = new VirtualClock();
  const options = { name: 'build_report', description: 'Builds.', arguments: NoArguments, ...over };
  const registration = handlerRegistration(options, { run }, 'Spec');
  return { clock, bench: new ToolBench(registration, clock, Log.silent(), undefined, tracer) };
}

function traced(run: Run, over: Partial<ToolHandlerOptions> = {}) {
  const tracer = new RecordingTracer();
  return { ...setUp(run, over, tracer), tracer };
}

const hang = (): Promise<never> => new Promise(() => undefined);

describe('the spans of a job', () => {
  it('are the queue it came from and the job, each below the one before; what it publishes is below the job', async () => {
    let seen: string | undefined;
    const { bench, clock, tracer } = traced(async (_args, call) => {
      seen = call.traceparent;
      await call.progress('Half of it.');
      return 'Done.';
    });
    const requestedAt = clock.now() - 700;
    await bench.run({}, { headers: HEADERS, request: { requestedAt } });
    const [queue, job, ...more] = tracer.spans;
    expect(more).toEqual([]);
    expect(queue).toMatchObject({ name: 'queue', parent: WEBHOOK, startTime: requestedAt, endTime: clock.now() });
    expect(job).toMatchObject({
      name: 'job',
      parent: queue?.traceparent,
      links: [],
      ends: 1,
      failure: undefined,
      attributes: {
        'interject.call.id': 'call-1',
        'interject.tool.name': 'build_report',
        'interject.outcome': 'succeeded',
        'interject.job.attempts': 1,
      },
    });
    expect(seen).toBe(job?.traceparent);
    expect(bench.sink.traceparents).toEqual([job?.traceparent, job?.traceparent]);
  });

  it('say how a job failed, by its code', async () => {
    const { bench, tracer } = traced(
      () => {
        throw new Error('the caller is Ms Smith');
      },
      { retry: { attempts: 2, backoffMs: 10 } },
    );
    await bench.run({}, { headers: HEADERS });
    expect(tracer.named('job')).toMatchObject([
      { failure: 'handler-failed', attributes: { 'interject.outcome': 'failed', 'interject.job.attempts': 2 } },
    ]);
    expect(JSON.stringify(tracer.spans)).not.toContain('Smith');
  });

  it('link a job that comes again to its tool call, when nothing is known of its run before', async () => {
    const { bench, tracer } = traced(() => 'Done.');
    await bench.run({}, { headers: HEADERS, deliveryCount: 2 });
    expect(tracer.named('queue')).toEqual([]);
    expect(tracer.named('job')).toMatchObject([
      { parent: WEBHOOK, links: [WEBHOOK], attributes: { 'interject.job.deliveries': 2 } },
    ]);
  });

  it('link a job that comes again to the run that left word', async () => {
    let isUp = false;
    const { bench, clock, tracer } = traced(() => (isUp ? 'Done.' : hang()));
    const call = bench.ask({}, { headers: HEADERS, deliveryCount: 1 });
    const outcome = expect(call).rejects.toThrow(JobHandedBackError);
    await clock.advance(100);
    bench.shutDown();
    await clock.advance(0);
    await outcome;
    isUp = true;
    await bench.run({}, { headers: HEADERS, deliveryCount: 2 });
    const [first, second] = tracer.named('job');
    expect(first).toMatchObject({ failure: 'shutdown', ends: 1, links: [] });
    expect(second).toMatchObject({ parent: WEBHOOK, links: [first?.traceparent], ends: 1 });
    const restarts = bench.sink.published.flatMap(({ type }, index) =>
      type === EventTypes.Restarted ? [bench.sink.traceparents[index]] : [],
    );
    expect(restarts).toEqual([first?.traceparent, second?.traceparent]);
  });

  it('begin a trace for a tool call without a context', async () => {
    const { bench, tracer } = traced(() => 'Done.');
    await bench.run({});
    const [queue, job] = tracer.spans;
    expect(queue?.parent).toBeUndefined();
    expect(parseTraceparent(job?.traceparent)?.traceId).toBe(parseTraceparent(queue?.traceparent)?.traceId);
  });

  it('are none while tracing is off: the header goes on as it came, and no backend gets one', async () => {
    let seen: string | undefined = 'nothing';
    const { bench } = setUp((_args, call) => {
      seen = call.traceparent;
      return 'Done.';
    });
    await bench.run({}, { headers: HEADERS });
    expect(seen).toBeUndefined();
    expect(bench.sink.traceparents).toEqual([WEBHOOK]);
  });
});
