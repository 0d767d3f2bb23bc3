/** Limits of one gateway process. What they are worth is in docs/guides/limits.md; why these, in ADR 0037. */

/** Requests in work at a time: let in, and not stored yet. Those that only wait for a result (grace window) do not count. */
export const MAX_REQUESTS = 1000;
/** Requests that are let in at each turn: 100 ms, or as long as the event loop takes. More than it can do in 100 ms. */
export const MAX_A_TURN = 1000;
/** However slow the process is, as many are. */
export const MIN_A_TURN = 16;
/** Bytes of bodies that are being read: six of the largest webhooks, or all of {@link MAX_REQUESTS} with 64 KB each. */
export const MAX_BODY_BYTES = 64 * 1024 * 1024;
/** Connections at a time, idle ones too; the server closes what comes beyond. */
export const MAX_CONNECTIONS = 10_000;

/**
 * A turn of the event loop that lasts as long again and again makes callers wait: speech events without which little is lost
 * are dropped.
 */
export const EASE_DELAY_MS = 100;
/** From here on all of them are, and fewer requests are let in at each turn, until the turns are short again. */
export const CLOSE_DELAY_MS = 200;

/** Stored events on their way to JetStream: of 1,000 a second as many as one second makes, and what one webhook may add. */
export const MAX_PUBLISHES = 2000;
/** JetStream answers within milliseconds. After this dispensable speech events do not add to its work, then none do. */
export const EASE_ACK_MS = 300;
export const STRAINED_ACK_MS = 600;
/** From here on hardly anything does: what is let in now would be answered 503 after its 2 s. */
export const CLOSE_ACK_MS = 1000;
/** To a broker that is slow or silent as many at a time go all the same, to find out whether it is back. */
export const MAX_PROBES = 8;
/** Share of a bound from which on dispensable speech events are dropped, and all. */
export const EASE_SHARE = 0.5;
export const STRAINED_SHARE = 0.75;
