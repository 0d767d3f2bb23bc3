import { describe, expect, it } from '@jest/globals';
import { announcementKey, EventFactory, Streams, toolCallKey } from '@interject/contracts';
import type { RecordedState, UtteranceRecord, UtteranceTimes } from '@interject/contracts';
import { NO_TRACING } from '@interject/observability';
import { RecordingTracer } from '@interject/observability/testing';
import { aResult, aToolCall, VirtualClock } from '@interject/testing';
import { SpeechTraces } from './speech-traces.js';

const EVENTS = new EventFactory(16);
const CALL = 'call-1';
const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const header = (span: number, trace = TRACE): string => `00-${trace}-${String(span).padStart(16, '0')}-01`;
const WEBHOOK = header(1);
const JOB = header(2);

function setUp() {
  const tracer = new RecordingTracer();
  const clock = new VirtualClock();
  const traces = new SpeechTraces(tracer, clock);
  const request = (toolCallId: string, traceparent = WEBHOOK): void => {
    const { subject } = EVENTS.toolCall(aToolCall({ callId: CALL, toolCallId }));
    traces.seen(Streams.ToolCalls, { subject, headers: { traceparent } });
  };
  const result = (toolCallId: string, traceparent = JOB): void => {
    const { subject } = EVENTS.result(aResult({ callId: CALL, toolCallId }));
    traces.seen(Streams.CallEvents, { subject, headers: { traceparent } });
  };
  return { tracer, clock, traces, request, result };
}

interface Wishes {
  readonly final?: boolean;
  readonly attempt?: number;
  readonly times?: Partial<UtteranceTimes>;
}

function record(toolCallId: string, state: RecordedState, queuedAt: number, wishes: Wishes = {}): UtteranceRecord {
  const { final, attempt = 1, times = {} } = wishes;
  return {
    utteranceId: toolCallKey(CALL, toolCallId),
    callId: CALL,
    source: 'result',
    class: 'result',
    state,
    attempt,
    tool: 'build_report',
    toolCallId,
    times: { queuedAt, ...times },
    ...(final === undefined ? {} : { final }),
  };
}

describe('SpeechTraces', () => {
  it('makes hold, say and heard of an utterance, each below the one before, in the trace of its result', async () => {
    const { tracer, clock, traces, request, result } = setUp();
    const queuedAt = clock.now();
    result('a');
    // However late it is read, the request does not go before the result.
    request('a');
    await clock.advance(1500);
    traces.recorded(record('a', 'sending', queuedAt));
    const post = traces.posting([toolCallKey(CALL, 'a')]);
    await clock.advance(80);
    post?.answered('accepted');
    const sentAt = clock.now();
    const times = { speakingAt: sentAt + 400, endedAt: sentAt + 2900 };
    traces.recorded(record('a', 'heard', queuedAt, { times }));
    const [hold, say, heard, ...more] = tracer.spans;
    expect(more).toEqual([]);
    expect(hold).toMatchObject({ name: 'hold', parent: JOB, startTime: queuedAt, endTime: queuedAt + 1500, ends: 1 });
    expect(say).toMatchObject({
      name: 'say',
      kind: 'client',
      parent: hold?.traceparent,
      startTime: queuedAt + 1500,
      endTime: sentAt,
      ends: 1,
      failure: undefined,
      attributes: { 'interject.outcome': 'accepted' },
    });
    expect(heard).toMatchObject({
      name: 'heard',
      parent: say?.traceparent,
      startTime: sentAt,
      endTime: sentAt + 2900,
      ends: 1,
      attributes: {
        'interject.call.id': CALL,
        'interject.tool.name': 'build_report',
        'interject.utterance.state': 'heard',
        'interject.utterance.speaking_after_ms': 400,
      },
    });
  });

  it('begins a new hold after a POST that was not accepted, linked to it', async () => {
    const { tracer, clock, traces, result } = setUp();
    const queuedAt = clock.now();
    result('a');
    const ids = [toolCallKey(CALL, 'a')];
    traces.recorded(record('a', 'sending', queuedAt));
    traces.posting(ids)?.answered('throttled');
    traces.recorded(record('a', 'sending', queuedAt, { final: false, attempt: 0 }));
    await clock.advance(500);
    traces.recorded(record('a', 'sending', queuedAt));
    traces.posting(ids)?.answered('accepted');
    const [first, second] = tracer.named('say');
    expect(first).toMatchObject({ failure: 'throttled', ends: 1 });
    expect(second).toMatchObject({ failure: undefined, ends: 1 });
    expect(tracer.named('hold')).toMatchObject([
      { parent: JOB, startTime: queuedAt, links: [] },
      { parent: JOB, startTime: queuedAt, endTime: queuedAt + 500, links: [first?.traceparent] },
    ]);
  });

  it('links what is said again to where it was interrupted', async () => {
    const { tracer, clock, traces, result } = setUp();
    const queuedAt = clock.now();
    result('a');
    const ids = [toolCallKey(CALL, 'a')];
    traces.recorded(record('a', 'sending', queuedAt));
    traces.posting(ids)?.answered('accepted');
    await clock.advance(700);
    const endedAt = clock.now();
    traces.recorded(record('a', 'interrupted', queuedAt, { final: false, times: { endedAt } }));
    await clock.advance(3000);
    traces.recorded(record('a', 'sending', queuedAt, { attempt: 2 }));
    traces.posting(ids)?.answered('accepted');
    traces.recorded(record('a', 'heard', queuedAt, { attempt: 2, times: { endedAt: clock.now() } }));
    const [said] = tracer.named('say');
    expect(tracer.named('hold')[1]).toMatchObject({ startTime: endedAt, links: [said?.traceparent] });
    expect(tracer.named('heard').map(({ attributes }) => attributes['interject.utterance.state'])).toEqual([
      'interrupted',
      'heard',
    ]);
    expect(tracer.spans.every(({ ends }) => ends === 1)).toBe(true);
  });

  it('gives what is said together a span each, in its own trace, linked to the first', () => {
    const { tracer, clock, traces, result } = setUp();
    const other = header(9, 'a'.repeat(32));
    result('a');
    result('b', other);
    traces.recorded(record('a', 'sending', clock.now()));
    traces.recorded(record('b', 'sending', clock.now()));
    traces.posting([toolCallKey(CALL, 'a'), toolCallKey(CALL, 'b')])?.answered('accepted');
    expect(tracer.named('hold').map(({ parent }) => parent)).toEqual([JOB, other]);
    const [first, second] = tracer.named('say');
    expect(first?.links).toEqual([]);
    expect(second).toMatchObject({ links: [first?.traceparent], ends: 1 });
    expect(second?.traceparent).toContain('a'.repeat(32));
  });

  it('ends the hold of what is never said with what became of it', () => {
    const { tracer, clock, traces, result } = setUp();
    const queuedAt = clock.now();
    result('a');
    traces.recorded(record('a', 'expired', queuedAt, { attempt: 0, times: { endedAt: queuedAt + 9000 } }));
    expect(tracer.spans).toMatchObject([
      {
        name: 'hold',
        parent: JOB,
        startTime: queuedAt,
        endTime: queuedAt + 9000,
        attributes: { 'interject.utterance.state': 'expired' },
      },
    ]);
  });

  it('tells after a take-over what became of what the predecessor sent', () => {
    const { tracer, clock, traces, result } = setUp();
    const sendingAt = clock.now() - 3000;
    const times = { sendingAt, endedAt: clock.now() };
    result('a');
    traces.recorded(record('a', 'unconfirmed', sendingAt - 1000, { times }));
    expect(tracer.spans).toMatchObject([
      { name: 'heard', parent: JOB, startTime: sendingAt, attributes: { 'interject.utterance.state': 'unconfirmed' } },
    ]);
  });

  it('knows where announcements, and results that it publishes itself, belong', () => {
    const { traces, request } = setUp();
    request('a');
    const announced = EVENTS.announcement({ callId: CALL, announcementId: 'n', text: 'Secret.', at: 0 });
    traces.seen(Streams.CallEvents, { subject: announced.subject, headers: { traceparent: JOB } });
    expect(traces.headerFor({ utteranceId: announcementKey(CALL, 'n'), callId: CALL })).toEqual({ traceparent: JOB });
    expect(traces.headerForResult(aResult({ callId: CALL, toolCallId: 'a' }))).toEqual({ traceparent: WEBHOOK });
    // A filler has an id of its own.
    expect(traces.headerFor({ utteranceId: 'f', callId: CALL, toolCallId: 'a' })).toEqual({ traceparent: WEBHOOK });
    expect(traces.headerFor({ utteranceId: 'unknown', callId: CALL })).toEqual({});
  });

  it('reads no header and keeps nothing while tracing is off', () => {
    const traces = new SpeechTraces(NO_TRACING, new VirtualClock());
    const message = {
      subject: EVENTS.result(aResult({ callId: CALL, toolCallId: 'a' })).subject,
      get headers(): never {
        throw new Error('Headers were read.');
      },
    };
    traces.seen(Streams.CallEvents, message);
    traces.recorded(record('a', 'sending', 0));
    expect(traces.posting([toolCallKey(CALL, 'a')])).toBeUndefined();
    expect(traces.headerForResult(aResult({ callId: CALL, toolCallId: 'a' }))).toEqual({});
  });
});
