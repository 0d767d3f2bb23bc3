import {
  CLOSE_ACK_MS,
  EASE_ACK_MS,
  EASE_DELAY_MS,
  EASE_SHARE,
  MAX_BODY_BYTES,
  MAX_PROBES,
  MAX_PUBLISHES,
  MAX_REQUESTS,
} from './admission-limits.js';
import type { ShedReason } from './shed.types.js';

/** What JetStream has still to acknowledge. */
export interface BrokerState {
  readonly publishes: number;
  /** How long an acknowledgement takes, or has been outstanding without any other coming in, ms. */
  readonly ackMs: number;
}

/** All that decides over what is let in. */
export interface Load {
  /** Requests in work. */
  readonly requests: number;
  /** Requests that were let in at this turn of the event loop. */
  readonly turn: number;
  /** As many may be. */
  readonly turnLimit: number;
  readonly bodyBytes: number;
  /** How late the event loop is throughout, ms. */
  readonly loopDelayMs: number;
  readonly broker: BrokerState;
}

/** Why speech events are to be dropped; undefined: they are passed on. Pure. */
export function speechShedReason({ requests, bodyBytes, loopDelayMs, broker }: Load): ShedReason | undefined {
  if (loopDelayMs >= EASE_DELAY_MS) return 'event-loop';
  if (ackMsOf(broker, loopDelayMs) >= EASE_ACK_MS) return 'broker-slow';
  if (broker.publishes >= MAX_PUBLISHES * EASE_SHARE) return 'publishes';
  if (requests >= MAX_REQUESTS * EASE_SHARE) return 'requests';
  return bodyBytes >= MAX_BODY_BYTES * EASE_SHARE ? 'body-bytes' : undefined;
}

/** Why a request is refused before its body is read; undefined: it is let in. Pure. @param bytes of its body */
export function requestShedReason(load: Load, bytes: number): ShedReason | undefined {
  if (load.requests >= MAX_REQUESTS) return 'requests';
  if (load.turn >= load.turnLimit) return 'event-loop';
  // One is always let in: the largest body has to fit whatever the bound is.
  return load.bodyBytes > 0 && load.bodyBytes + bytes > MAX_BODY_BYTES ? 'body-bytes' : undefined;
}

/**
 * Why nothing more goes to JetStream; undefined: it may. Pure. No reason to refuse a body: reading it costs the broker
 * nothing, and a speech event is answered 200 even so.
 */
export function brokerShedReason({
  broker,
  loopDelayMs,
}: Pick<Load, 'broker' | 'loopDelayMs'>): ShedReason | undefined {
  if (broker.publishes >= MAX_PUBLISHES) return 'publishes';
  return ackMsOf(broker, loopDelayMs) >= CLOSE_ACK_MS && broker.publishes >= MAX_PROBES ? 'broker-slow' : undefined;
}

/** Without what is our own fault: a publish and its acknowledgement each wait for a turn of the event loop. */
function ackMsOf({ ackMs }: BrokerState, loopDelayMs: number): number {
  return ackMs - 2 * loopDelayMs;
}
