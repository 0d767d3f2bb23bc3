import { describe, expect, it } from '@jest/globals';
import { ContractError, UnknownVersionError } from '@interject/contracts';
import { DeadLetterError } from './dead-letter.errors.js';
import { settle } from './settle.js';
import type { DeliveryOutcome, Settlement } from './settle.js';

const failed = (error: unknown): DeliveryOutcome => ({ kind: 'failed', error });

const NEWER = new UnknownVersionError('X', 2, [1]);

describe('settle', () => {
  it.each<[string, DeliveryOutcome, number, Settlement]>([
    ['handled', { kind: 'handled' }, 1, { kind: 'ack' }],
    ['to be kept', { kind: 'handled', keptAs: 'handler-failed' }, 1, { kind: 'dead-letter', reason: 'handler-failed' }],
    ['not JSON', { kind: 'unparseable' }, 1, { kind: 'dead-letter', reason: 'unparseable' }],
    ['abandoned at shutdown', { kind: 'abandoned' }, 3, { kind: 'nak', delayMs: 0 }],
    [
      'contract violation',
      failed(new ContractError('X', [])),
      1,
      { kind: 'dead-letter', reason: 'contract-violation' },
    ],
    ['of a newer release', failed(NEWER), 1, { kind: 'nak', delayMs: 2000 }],
    ['the same after two minutes, almost', failed(NEWER), 59, { kind: 'nak', delayMs: 2000 }],
    ['the same after two minutes', failed(NEWER), 60, { kind: 'dead-letter', reason: 'unknown-version' }],
    ['dead letter', failed(new DeadLetterError('no-handler')), 1, { kind: 'dead-letter', reason: 'no-handler' }],
    ['hostile code', failed({ retryable: false, code: 'a.b >' }), 1, { kind: 'dead-letter', reason: 'not-retryable' }],
    ['unknown error, first', failed(new Error('x')), 1, { kind: 'nak', delayMs: 1000 }],
    ['unknown error, third', failed(new Error('x')), 3, { kind: 'nak', delayMs: 4000 }],
    ['unknown error, hundredth', failed(new Error('x')), 100, { kind: 'nak', delayMs: 30_000 }],
    ['its own wait', failed({ retryable: true, retryAfterMs: 7 }), 5, { kind: 'nak', delayMs: 7 }],
    ['its own nonsense', failed({ retryAfterMs: Number.NaN }), 1, { kind: 'nak', delayMs: 1000 }],
    ['not even an object', failed('thrown text'), 1, { kind: 'nak', delayMs: 1000 }],
  ])('%s', (_, outcome, deliveryCount, settlement) => {
    expect(settle(outcome, deliveryCount)).toEqual(settlement);
  });
});
