import { Inject, Injectable } from '@nestjs/common';
import { Metrics } from '@interject/observability';
import type { Counter, Gauge } from '@interject/observability';
import type { Load } from './pressure.js';

/** What the gateway has in hand, and what it did not take on. */
@Injectable()
export class AdmissionMetrics {
  /** Three kinds and six reasons. */
  readonly shed: Counter<'what' | 'reason'>;
  /** Of the streams that are watched. */
  readonly streamFill: Gauge<'stream'>;
  readonly deadLetters: Gauge;
  private read: () => Load | undefined = () => undefined;

  constructor(@Inject(Metrics) metrics: Metrics) {
    this.shed = metrics.counter({
      name: 'interject_shed_total',
      help:
        'What was not taken on: "speech" events were dropped, "request" was refused (503) before its body was read, ' +
        '"webhook" after that; by reason.',
      labels: ['what', 'reason'],
    });
    this.streamFill = metrics.gauge({
      name: 'interject_stream_fill_ratio',
      help: 'How full a stream is whose end would leave results unsaid; tool calls are refused from 0.98 on.',
      labels: ['stream'],
    });
    this.deadLetters = metrics.gauge({
      name: 'interject_dead_letters',
      help: 'Messages in DEAD_LETTERS that wait for somebody on duty (npm run dlq); each gateway shows the same number.',
    });
    const show = (name: string, help: string, value: (load: Load) => number): void => {
      metrics.gauge({
        name,
        help,
        collect: (gauge) => {
          const load = this.read();
          if (load !== undefined) gauge.set(value(load));
        },
      });
    };
    show('interject_requests_in_work', 'Requests that were let in and are not stored yet.', (load) => load.requests);
    show(
      'interject_requests_turn_limit',
      'Requests that are let in at each turn (100 ms, or longer); lower while the process does not keep up.',
      (load) => load.turnLimit,
    );
    show('interject_request_body_bytes', 'Bytes of bodies that are being read.', (load) => load.bodyBytes);
    show('interject_publishes_in_flight', 'Events that JetStream has to acknowledge.', (load) => load.broker.publishes);
    show(
      'interject_event_loop_standing_delay_seconds',
      'How late the event loop has been throughout the last 300 ms.',
      (load) => load.loopDelayMs / 1000,
    );
  }

  /** @param read the load at a scrape */
  show(read: () => Load): void {
    this.read = read;
  }
}
