import { hash, timingSafeEqual } from 'node:crypto';

/** Secrets of which any is good. */
export class SecretSet {
  private readonly digests: readonly Buffer[];

  constructor(secrets: readonly string[]) {
    this.digests = secrets.map(digestOf);
  }

  /** In a time that tells nothing about the secrets, their length and which one it was included. */
  has(given: string): boolean {
    return anyEqual(digestOf(given), this.digests);
  }
}

/** Compares with every candidate, whichever fits. All have to be of one length. */
export function anyEqual(given: Uint8Array, candidates: Iterable<Uint8Array>): boolean {
  let matches = 0;
  for (const candidate of candidates) matches |= Number(timingSafeEqual(given, candidate));
  return matches !== 0;
}

function digestOf(secret: string): Buffer {
  return hash('sha256', secret, 'buffer');
}
