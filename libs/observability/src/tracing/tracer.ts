import type { AttributeName, SpanName } from './span-names.js';

/** Part that a span plays in what it belongs to, as OpenTelemetry knows it. */
export type SpanKind = 'internal' | 'server' | 'client' | 'consumer';

/** Never of the caller: no words, arguments, numbers or control URLs. */
export type SpanAttributes = Readonly<Partial<Record<AttributeName, string | number | boolean>>>;

export interface SpanOptions {
  /** Default `internal`. */
  readonly kind?: SpanKind;
  /** The `traceparent` header of what caused it, as it came. Without one that is valid a new trace begins. */
  readonly parent?: unknown;
  /** `traceparent` headers of spans that it has to do with and is no child of; what is not valid is left out. */
  readonly links?: readonly unknown[];
  /** Milliseconds since the epoch; default now. */
  readonly startTime?: number;
  readonly attributes?: SpanAttributes;
}

export interface SpanEnd {
  /** Milliseconds since the epoch; default now. */
  readonly endTime?: number;
  readonly attributes?: SpanAttributes;
  /** It failed: a word of a small set, e.g. a code. */
  readonly failure?: string | undefined;
}

/** A stretch of time in a trace. */
export interface Span {
  /** Header to send on, so that what follows becomes a child of this span; undefined while tracing is off. */
  readonly traceparent: string | undefined;
  /** It is over; to be called once. */
  end(how?: SpanEnd): void;
}

/**
 * Where spans are made. Whoever has to make something up for a span asks {@link isOn} first, so that nothing is made while
 * tracing is off. An abstract class, so that it is an injection token too.
 */
export abstract class Tracer {
  /** False: every span is the same, which does nothing. */
  abstract readonly isOn: boolean;
  abstract start(name: SpanName, options?: SpanOptions): Span;
  /** Sends what is left, as far as that is done in two seconds. Never throws. */
  abstract close(): Promise<void>;
}
