import { Tracer } from './tracer.js';
import type { Span } from './tracer.js';

/** The span of everything while tracing is off. */
export const NO_SPAN: Span = Object.freeze({ traceparent: undefined, end: () => undefined });

class NoTracer extends Tracer {
  override readonly isOn = false;

  override start(): Span {
    return NO_SPAN;
  }

  override async close(): Promise<void> {
    // Nothing was kept.
  }
}

/** Tracing is off. */
export const NO_TRACING: Tracer = Object.freeze(new NoTracer());
