import { headers } from 'nats';
import type { MsgHdrs } from 'nats';
import { EventHeaders } from '@interject/contracts';

const SPEC_VERSION = '1.0';

/** What the headers of an event are made of. */
export interface EventAttributes {
  readonly id: string;
  readonly type: string;
  /** Name of the service that publishes. */
  readonly service: string;
  /** Milliseconds since the epoch. */
  readonly time: number;
  readonly traceparent?: string;
}

/** CloudEvents 1.0 in binary mode (NATS protocol binding); the id is also what JetStream recognises repeats by. */
export function eventHeaders(attributes: EventAttributes): MsgHdrs {
  const header = headers();
  header.set('Nats-Msg-Id', attributes.id);
  header.set(EventHeaders.SpecVersion, SPEC_VERSION);
  header.set(EventHeaders.Id, attributes.id);
  header.set(EventHeaders.Type, attributes.type);
  header.set(EventHeaders.Source, `/interject/${attributes.service}`);
  header.set(EventHeaders.Time, new Date(attributes.time).toISOString());
  header.set(EventHeaders.ContentType, 'application/json');
  if (attributes.traceparent !== undefined) header.set(EventHeaders.TraceParent, attributes.traceparent);
  return header;
}
