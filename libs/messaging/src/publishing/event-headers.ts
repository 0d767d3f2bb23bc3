import { EventHeaders } from '@interject/contracts';
import { HeaderText } from './header-text.js';

/** What the headers of an event are made of. */
export interface EventAttributes {
  readonly id: string;
  readonly type: string;
  /** Milliseconds since the epoch. */
  readonly time: number;
  readonly traceparent?: string | undefined;
  /** Stream sequence of the last message of its subject, 0 for none: any other one, and it is not stored. */
  readonly expectedLastSequence?: number | undefined;
}

/** Makes the headers of the events of one service. */
export class EventHeaderWriter {
  private readonly common: HeaderText;

  /** @param service name of the service that publishes */
  constructor(service: string) {
    this.common = HeaderText.empty
      .with(EventHeaders.SpecVersion, '1.0')
      .with(EventHeaders.Source, `/interject/${service}`)
      .with(EventHeaders.ContentType, 'application/json');
  }

  /**
   * CloudEvents 1.0 in binary mode (NATS protocol binding); the id is also what JetStream recognises repeats by.
   *
   * @throws TypeError when a value holds a line break
   */
  headers({ id, type, time, traceparent, expectedLastSequence }: EventAttributes): HeaderText {
    let header = this.common
      .with('Nats-Msg-Id', id)
      .with(EventHeaders.Id, id)
      .with(EventHeaders.Type, type)
      .with(EventHeaders.Time, new Date(time).toISOString());
    if (traceparent !== undefined) header = header.with(EventHeaders.TraceParent, traceparent);
    if (expectedLastSequence === undefined) return header;
    return header.with('Nats-Expected-Last-Subject-Sequence', String(expectedLastSequence));
  }
}
