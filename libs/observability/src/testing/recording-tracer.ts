import type { SpanName } from '../tracing/span-names.js';
import { Tracer } from '../tracing/tracer.js';
import type { Span, SpanAttributes, SpanEnd, SpanKind, SpanOptions } from '../tracing/tracer.js';
import { childOf, formatTraceparent, newTrace, parseTraceparent } from '../traceparent.js';

/** A span as it was made, and ended. */
export interface RecordedSpan {
  readonly name: SpanName;
  readonly kind: SpanKind;
  readonly traceparent: string;
  /** `traceparent` of its parent, if that was valid. */
  readonly parent: string | undefined;
  readonly links: readonly unknown[];
  readonly startTime: number | undefined;
  attributes: SpanAttributes;
  /** How often it was ended. */
  ends: number;
  endTime: number | undefined;
  failure: string | undefined;
}

/** Keeps spans in memory, in the order in which they were begun. */
export class RecordingTracer extends Tracer {
  override readonly isOn = true;
  readonly spans: RecordedSpan[] = [];

  override start(name: SpanName, options: SpanOptions = {}): Span {
    const { kind = 'internal', links = [], startTime, attributes = {} } = options;
    const parent = parseTraceparent(options.parent);
    const traceparent = formatTraceparent(parent === undefined ? newTrace() : childOf(parent));
    const recorded: RecordedSpan = {
      name,
      kind,
      traceparent,
      parent: parent && formatTraceparent(parent),
      links,
      startTime,
      attributes,
      ends: 0,
      endTime: undefined,
      failure: undefined,
    };
    this.spans.push(recorded);
    return { traceparent, end: (how = {}) => end(recorded, how) };
  }

  override async close(): Promise<void> {
    // All stay to be looked at.
  }

  /** Those of a name. */
  named(name: SpanName): readonly RecordedSpan[] {
    return this.spans.filter((span) => span.name === name);
  }
}

function end(span: RecordedSpan, { endTime, attributes, failure }: SpanEnd): void {
  span.ends += 1;
  span.endTime = endTime;
  span.failure = failure;
  span.attributes = { ...span.attributes, ...attributes };
}
