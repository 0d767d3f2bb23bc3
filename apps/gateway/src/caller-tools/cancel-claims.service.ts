import { Inject, Injectable } from '@nestjs/common';
import { Buckets, CancelClaim, parseJson } from '@interject/contracts';
import { isMessagingError, KvStore, MessagingError, MessagingErrorCodes } from '@interject/messaging';
import type { KvBucket } from '@interject/messaging';
import { Clock } from '@interject/runtime';
import { FullLedger } from '../grace/full-ledger.service.js';
import { withTimeLimit } from '../time-limit.js';

/** As for every step of an answer that somebody waits for on the phone. */
const LIMIT_MS = 1500;

/**
 * Claims in KV `ledger`: what a call of `cancel_task` meant. Vapi repeats webhooks, at any gateway, and `""` or `all` may
 * mean other tasks by then: what was decided first holds.
 */
@Injectable()
export class CancelClaims {
  constructor(
    @Inject(KvStore) private readonly kv: KvStore,
    @Inject(FullLedger) private readonly full: FullLedger,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  /** @throws MessagingError, ContractError when it cannot be read */
  async find(key: string): Promise<CancelClaim | undefined> {
    const entry = await withTimeLimit(this.clock, this.bucket().get(key), LIMIT_MS);
    return entry === undefined ? undefined : parseJson(CancelClaim, entry.value);
  }

  /**
   * Makes the claim, before anything is stopped.
   *
   * @returns undefined when it is made, or the one that another gateway made first
   * @throws MessagingError when that is not known; nothing may be stopped then
   */
  async make(key: string, claim: CancelClaim): Promise<CancelClaim | undefined> {
    try {
      await withTimeLimit(this.clock, this.bucket().create(key, JSON.stringify(claim)), LIMIT_MS);
      return undefined;
    } catch (error) {
      // Not to be able to stop anything for hours would be worse than a repeat that is not recognised.
      if (this.full.isCause(error, 'cancel')) return undefined;
      if (!isMessagingError(error) || error.code !== 'key-exists') throw error;
    }
    const earlier = await this.find(key);
    if (earlier === undefined) {
      throw new MessagingError(MessagingErrorCodes.SequenceConflict, 'A claim on a wish to cancel came and went');
    }
    return earlier;
  }

  private bucket(): KvBucket {
    return this.kv.bucket(Buckets.Ledger);
  }
}
