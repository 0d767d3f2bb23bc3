import { Inject, Injectable } from '@nestjs/common';
import { Metrics } from '@interject/observability';
import type { Counter } from '@interject/observability';

/** What the gateway counts of jobs that are under way: somebody asks for them, stops them, or brings their answer. */
@Injectable()
export class TaskMetrics {
  readonly callerTools: Counter<'tool' | 'mode' | 'outcome'>;
  readonly cancellations: Counter<'outcome'>;
  readonly callbacks: Counter<'outcome'>;

  constructor(@Inject(Metrics) metrics: Metrics) {
    // Two tools, two modes and ten outcomes.
    this.callerTools = metrics.counter({
      name: 'interject_caller_tools_total',
      help:
        'Calls of the tools that the gateway answers itself, by what became of them; with mode "async" the answer is lost: ' +
        'make the tool sync in Vapi.',
      labels: ['tool', 'mode', 'outcome'],
    });
    this.cancellations = metrics.counter({
      name: 'interject_cancellations_total',
      help: 'Requests of backend services to cancel a tool call, by what became of them.',
      labels: ['outcome'],
    });
    this.callbacks = metrics.counter({
      name: 'interject_callbacks_total',
      help: 'Callbacks of backends that took over a job, by what became of them.',
      labels: ['outcome'],
    });
  }
}
