import { Inject, Injectable } from '@nestjs/common';
import { callEventDurable, Streams } from '@interject/contracts';
import { JetStreamStrategy } from '@interject/messaging';
import type { DeliveryContext } from '@interject/messaging';
import { Clock, Log } from '@interject/observability';
import { WORKER_OPTIONS } from '../worker.constants.js';
import type { WorkerOptions } from '../worker.types.js';
import { CallEventExecution } from './call-event-execution.js';
import { CallEventMetrics } from './call-event-metrics.js';
import type { CallEventRegistration } from './call-event-registration.js';

/** Gives each handler of call events its durable consumer, which the replicas of the app share. */
@Injectable()
export class CallEventRegistrar {
  constructor(
    @Inject(WORKER_OPTIONS) private readonly options: WorkerOptions,
    @Inject(JetStreamStrategy) private readonly strategy: JetStreamStrategy,
    @Inject(CallEventMetrics) private readonly metrics: CallEventMetrics,
    @Inject(Clock) private readonly clock: Clock,
    @Inject(Log) private readonly log: Log,
  ) {}

  addHandlers(registrations: readonly CallEventRegistration[]): void {
    for (const registration of registrations) this.addHandler(registration);
  }

  private addHandler(registration: CallEventRegistration): void {
    const { event, subject, concurrency } = registration;
    const durable = callEventDurable(this.options.service, event);
    const execution = new CallEventExecution(registration, {
      durable,
      clock: this.clock,
      observer: this.metrics,
      log: this.log,
      random: Math.random,
    });
    this.metrics.showRunning(event, () => execution.running);
    const callback = async (data: unknown, context: DeliveryContext): Promise<void> => {
      await execution.handle(data, context);
    };
    this.strategy.addHandler(subject, callback as never, true, {
      durable,
      stream: Streams.CallEvents,
      concurrency,
      // A follow-up to what happened the day before the app was first deployed helps nobody.
      deliver: 'new',
    });
  }
}
