import { isMessagingError } from '@interject/messaging';

/**
 * A claim is asked for when the gateway's window and a margin are over, so nothing new is claimed inline; but a claim that the
 * gateway wrote at the last moment may be on its way for as long as it waits for its acknowledgement (2 s). When that time
 * is over too and none is there, the result can be nobody's answer any more: without a claim it is safe to say it.
 */
const FULL_MS = 2000;

/**
 * Whoever cannot reach NATS at all loses the partition within seconds, and the next owner asks again. So after this the
 * lease is renewed and the ledger alone does not answer: to be heard twice is better than never.
 */
const FAILING_MS = 30_000;

/**
 * Whether the ledger has failed for so long that the result must not wait for it any more. Pure.
 *
 * @param waitedMs since the ledger was first asked
 */
export function isClaimGivenUp(error: unknown, waitedMs: number): boolean {
  if (!isMessagingError(error)) return false;
  return waitedMs >= (error.code === 'store-full' ? FULL_MS : FAILING_MS);
}
