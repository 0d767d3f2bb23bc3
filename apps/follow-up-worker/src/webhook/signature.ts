import { createHmac } from 'node:crypto';

/**
 * Value of the header `x-interject-signature`, `t=<ms>,v1=<hex>`: HMAC-SHA256 over `<t>.<body>`. The time is signed too, so
 * that a receiver can refuse an old request that somebody sends again.
 *
 * @param at milliseconds since the epoch
 */
export function signatureOf(secret: string, body: string, at: number): string {
  const time = String(at);
  return `t=${time},v1=${createHmac('sha256', secret).update(`${time}.${body}`).digest('hex')}`;
}
