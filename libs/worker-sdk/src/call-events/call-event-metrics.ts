import { Inject, Injectable } from '@nestjs/common';
import { EDGE_BUCKETS_SECONDS, JOB_BUCKETS_SECONDS, Metrics } from '@interject/observability';
import type { Counter, Histogram } from '@interject/observability';
import type { CallEventObserver, HandlingOutcome } from './call-event-execution.js';
import type { HandledCallEvent } from './call-event.types.js';

const MS = 1000;

/** The handling of call events as metrics. The label `event` takes the names of the contract alone. */
@Injectable()
export class CallEventMetrics implements CallEventObserver {
  private readonly handlings: Counter<'event' | 'outcome'>;
  private readonly durations: Histogram<'event' | 'outcome'>;
  private readonly waited: Histogram<'event'>;
  private readonly running = new Map<HandledCallEvent, () => number>();

  constructor(@Inject(Metrics) metrics: Metrics) {
    this.handlings = metrics.counter({
      name: 'interject_call_event_handlings_total',
      help: 'Deliveries of call events to a handler: handled, retried, dead-letter or handed-back.',
      labels: ['event', 'outcome'],
    });
    this.durations = metrics.histogram({
      name: 'interject_call_event_handling_seconds',
      help: 'How long one attempt took.',
      labels: ['event', 'outcome'],
      buckets: [...EDGE_BUCKETS_SECONDS, 30, 60],
    });
    this.waited = metrics.histogram({
      name: 'interject_call_event_queue_seconds',
      help: 'From the storing of an event to the start of its first attempt.',
      labels: ['event'],
      buckets: JOB_BUCKETS_SECONDS,
    });
    metrics.gauge({
      name: 'interject_call_events_running',
      help: 'Call events that this replica handles just now.',
      labels: ['event'],
      collect: (gauge) => {
        for (const [event, count] of this.running) gauge.set({ event }, count());
      },
    });
  }

  /** Shows `count()` as the number of events that are handled just now. */
  showRunning(event: HandledCallEvent, count: () => number): void {
    this.running.set(event, count);
  }

  started(event: HandledCallEvent, waitedMs: number): void {
    this.waited.observe({ event }, waitedMs / MS);
  }

  ended(event: HandledCallEvent, outcome: HandlingOutcome, durationMs: number): void {
    this.handlings.inc({ event, outcome });
    this.durations.observe({ event, outcome }, durationMs / MS);
  }
}
