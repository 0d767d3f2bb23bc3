import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@interject/testing';
import { expectPassed } from './harness/expect-passed.js';
import { InterjectSystem } from './harness/interject-system.js';
import { reportCall } from './harness/scenarios.js';
import { TraceCollector } from './harness/trace-collector.js';
import type { CollectedSpan } from './harness/trace-collector.js';

/** Every hop with the service that makes its span, each below the one before. */
const HOPS = [
  ['webhook', 'interject-gateway'],
  ['queue', 'interject-http-worker'],
  ['job', 'interject-http-worker'],
  ['hold', 'interject-notifier'],
  ['say', 'interject-notifier'],
  ['heard', 'interject-notifier'],
] as const;

const REGION = 'Atlantis';
/** Spans are sent by the batch, every five seconds otherwise. */
const SOON = { OTEL_BSP_SCHEDULE_DELAY: '200' };

/** What is sent on by who is in this span. */
function headerAt(span: CollectedSpan | undefined): string {
  return `00-${String(span?.traceId)}-${String(span?.spanId)}-01`;
}

describe('a tool call that is traced', () => {
  let collector: TraceCollector;
  let system: InterjectSystem | undefined;

  beforeAll(async () => {
    collector = await TraceCollector.start();
    system = await InterjectSystem.start({ env: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, ...SOON } });
  }, 60_000);

  afterAll(async () => {
    try {
      const codes = await system?.stop();
      expect([...(codes?.values() ?? [])]).toEqual([0, 0, 0]);
    } finally {
      await collector.stop();
    }
  }, 60_000);

  it('is one trace from the webhook to what was heard, whose id is in the headers of its events', async () => {
    if (system === undefined) throw new Error('The system is not started.');
    const { inspector } = system;
    const played = await system.simulator.play(reportCall(REGION));
    expectPassed(played);
    const callId = played.calls[0]?.callId ?? '';
    const spans = await eventually(
      () => {
        const sent = collector.ofCall(callId);
        return sent.length >= HOPS.length ? sent : undefined;
      },
      { timeoutMs: 10_000 },
    );
    expect(spans).toHaveLength(HOPS.length);
    let above: CollectedSpan | undefined;
    for (const [name, service] of HOPS) {
      const span = spans.find((each) => each.name === name);
      expect(span).toMatchObject({ name, service, traceId: spans[0]?.traceId });
      // A root has none, or an empty one.
      expect(span?.parentSpanId ?? '').toBe(above?.spanId ?? '');
      expect(span?.to).toBeGreaterThanOrEqual(span?.from ?? Infinity);
      above = span;
    }
    const [webhook, , job, , say, heard] = HOPS.map(([name]) => spans.find((each) => each.name === name));
    expect(webhook?.attributes).toMatchObject({ 'http.route': '/vapi/webhook', 'http.response.status_code': 200 });
    expect(job?.attributes).toMatchObject({ 'interject.tool.name': 'build_report', 'interject.outcome': 'succeeded' });
    expect(say?.attributes).toMatchObject({ 'interject.outcome': 'accepted' });
    expect(heard?.attributes).toMatchObject({ 'interject.utterance.state': 'heard' });

    const headerOf = async (stream: string, subject: RegExp): Promise<unknown> =>
      (await inspector.messages(stream, subject))[0]?.headers['traceparent'];
    expect(await headerOf('TOOL_CALLS', /build_report/)).toBe(headerAt(webhook));
    expect(await headerOf('CALL_EVENTS', /\.result\./)).toBe(headerAt(job));

    // Neither arguments nor words, nor the secret control URL.
    expect(collector.text).not.toContain(REGION);
    expect(collector.text).not.toContain('/control');
  });
});
