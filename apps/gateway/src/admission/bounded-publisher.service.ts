import { Inject, Injectable } from '@nestjs/common';
import type { OutgoingEvent } from '@interject/contracts';
import { EventPublisher } from '@interject/messaging';
import type { PublishReceipt } from '@interject/messaging';
import { AdmissionControl } from './admission-control.service.js';
import { AdmissionMetrics } from './admission-metrics.js';
import type { AnswerBudget } from './answer-budget.js';
import { BrokerLoad } from './broker-load.service.js';
import { OverloadError } from './overload.errors.js';
import { brokerShedReason } from './pressure.js';

/** After this the publisher gives up by itself. */
const PUBLISH_LIMIT_MS = 1500;

/** Publishes what a webhook must not lose, as much at a time as JetStream keeps up with. */
@Injectable()
export class BoundedPublisher {
  constructor(
    @Inject(EventPublisher) private readonly publisher: EventPublisher,
    @Inject(BrokerLoad) private readonly broker: BrokerLoad,
    @Inject(AdmissionControl) private readonly admission: AdmissionControl,
    @Inject(AdmissionMetrics) private readonly metrics: AdmissionMetrics,
  ) {}

  get events(): EventPublisher['events'] {
    return this.publisher.events;
  }

  /** To be asked before anything else is done at NATS. @throws OverloadError when nothing would be published */
  assertOpen(): void {
    const reason = brokerShedReason(this.admission.load);
    if (reason === undefined) return;
    this.metrics.shed.inc({ what: 'webhook', reason });
    throw new OverloadError(reason);
  }

  /**
   * Stores an event and waits for the acknowledgement.
   *
   * @throws OverloadError at once when too much is on its way, MessagingError when it could not be stored
   */
  async publish(event: OutgoingEvent, traceparent: string, budget: AnswerBudget): Promise<PublishReceipt> {
    this.assertOpen();
    const publish = (): Promise<PublishReceipt> =>
      this.broker.track(() => this.publisher.publish(event, { traceparent }));
    return budget.spend(publish, PUBLISH_LIMIT_MS);
  }
}
