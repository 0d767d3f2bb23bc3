import {
  CLOSE_ACK_MS,
  CLOSE_DELAY_MS,
  EASE_ACK_MS,
  EASE_DELAY_MS,
  EASE_SHARE,
  MAX_BODY_BYTES,
  MAX_PROBES,
  MAX_PUBLISHES,
  MAX_REQUESTS,
  STRAINED_ACK_MS,
  STRAINED_SHARE,
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

/** What is dropped first, and what has to be worse for all speech events to be. */
const EASED = { delayMs: EASE_DELAY_MS, ackMs: EASE_ACK_MS, share: EASE_SHARE } as const;
const STRAINED = { delayMs: CLOSE_DELAY_MS, ackMs: STRAINED_ACK_MS, share: STRAINED_SHARE } as const;

/**
 * Why a speech event is to be dropped; undefined: it is passed on. Pure.
 *
 * @param isDispensable little is lost without it
 */
export function speechShedReason(
  { requests, bodyBytes, loopDelayMs, broker }: Load,
  isDispensable: boolean,
): ShedReason | undefined {
  const { delayMs, ackMs, share } = isDispensable ? EASED : STRAINED;
  if (loopDelayMs >= delayMs) return 'event-loop';
  if (ackMsOf(broker, loopDelayMs) >= ackMs) return 'broker-slow';
  if (broker.publishes >= MAX_PUBLISHES * share) return 'publishes';
  if (requests >= MAX_REQUESTS * share) return 'requests';
  return bodyBytes >= MAX_BODY_BYTES * share ? 'body-bytes' : undefined;
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
