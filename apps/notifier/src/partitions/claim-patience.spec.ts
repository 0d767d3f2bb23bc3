import { MessagingError } from '@interject/messaging';
import { describe, expect, it } from '@jest/globals';
import { isClaimGivenUp } from './claim-patience.js';

const failure = (code: 'store-full' | 'timeout' | 'unexpected'): MessagingError => new MessagingError(code, 'x');

describe('isClaimGivenUp', () => {
  it('waits for a claim of the last moment while the ledger is full, and no longer', () => {
    expect(isClaimGivenUp(failure('store-full'), 1999)).toBe(false);
    expect(isClaimGivenUp(failure('store-full'), 2000)).toBe(true);
  });

  it.each(['timeout', 'unexpected'] as const)('outwaits the lease, and not for ever: %s', (code) => {
    expect(isClaimGivenUp(failure(code), 29_999)).toBe(false);
    expect(isClaimGivenUp(failure(code), 30_000)).toBe(true);
  });

  it('has no opinion on what is not the ledger', () => {
    expect(isClaimGivenUp(new Error('x'), 1e9)).toBe(false);
  });
});
