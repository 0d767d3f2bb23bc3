/** Header names of an event: CloudEvents 1.0, NATS protocol binding, binary mode, with the trace context beside them. */
export const EventHeaders = {
  SpecVersion: 'ce-specversion',
  Id: 'ce-id',
  Type: 'ce-type',
  Source: 'ce-source',
  Time: 'ce-time',
  ContentType: 'content-type',
  TraceParent: 'traceparent',
} as const;

/**
 * Durable consumer that a replayed call event is meant for: the others have handled it. What has no such header is for
 * everybody.
 */
export const REPLAY_FOR_HEADER = 'interject-replay-for';

/** Headers of a dead letter, beside those of the message that died. */
export const DeadLetterHeaders = {
  OriginalSubject: 'interject-original-subject',
  OriginalStream: 'interject-original-stream',
  OriginalSequence: 'interject-original-sequence',
  Reason: 'interject-reason',
  Deliveries: 'interject-deliveries',
  /** Durable consumer that gave the message up. */
  Consumer: 'interject-consumer',
} as const;
