import { Inject, Injectable } from '@nestjs/common';
import { Buckets, isContractError, LedgerClaim, parseJson } from '@interject/contracts';
import { isMessagingError, isWriteConflict, KvStore } from '@interject/messaging';
import type { KvBucket, KvEntry } from '@interject/messaging';
import { delay, Log } from '@interject/observability';
import { Clock } from '@interject/runtime';
import { withTimeLimit } from '../time-limit.js';
import type { FoundClaim, InlineAnswer } from './grace-window.types.js';
import { NO_WORDS } from './inline-answer.js';

/** What became of an attempt to claim. */
export type ClaimOutcome =
  | { readonly kind: 'claimed'; readonly revision: number }
  | { readonly kind: 'found'; readonly claim: FoundClaim }
  /** Unknown: it may have been made. */
  | { readonly kind: 'failed' };

/** One step at the ledger takes a millisecond. The answer must not wait for NATS beyond this: `MAX_GRACE_MS`. */
export const LEDGER_LIMIT_MS = 2000;
const FIRST_RETRY_MS = 50;
const LONGEST_RETRY_MS = 1000;
/** The notifier is as cut off from NATS as we are, so it decides nothing meanwhile; after this something else is wrong. */
const REPAIR_LIMIT_MS = 120_000;

/** Claims in KV `ledger`: who delivers the result of a sync tool call, the answer to its webhook or speech. */
@Injectable()
export class Ledger {
  constructor(
    @Inject(KvStore) private readonly kv: KvStore,
    @Inject(Clock) private readonly clock: Clock,
    @Inject(Log) private readonly log: Log,
  ) {}

  /** @throws MessagingError */
  async look(key: string): Promise<FoundClaim | undefined> {
    const entry = await withTimeLimit(this.clock, this.bucket().get(key), LEDGER_LIMIT_MS);
    return entry === undefined ? undefined : claimIn(entry);
  }

  /**
   * Makes the claim, unless there is one. Never rejects.
   *
   * @param by stands for the response that an inline answer would be part of
   */
  async create(key: string, claim: 'spoken' | InlineAnswer, by: string): Promise<ClaimOutcome> {
    return this.attempt(key, () => this.bucket().create(key, valueOf(claim, by)));
  }

  /** Writes an inline claim over the one of `revision`. Never rejects. */
  async takeOver(key: string, answer: InlineAnswer, revision: number, by: string): Promise<ClaimOutcome> {
    return this.attempt(key, () => this.bucket().update(key, valueOf(answer, by), revision));
  }

  /**
   * Makes sure that the result is claimed for speech, unless another response carries it, trying again until that is sure.
   * Never rejects.
   *
   * @param by an inline claim of this response is withdrawn
   * @param revision an inline claim of this revision too
   * @param signal gives up
   */
  async makeSpoken(key: string, by: string, revision: number | undefined, signal: AbortSignal): Promise<void> {
    const deadline = this.clock.monotonic() + REPAIR_LIMIT_MS;
    for (let delayMs = FIRST_RETRY_MS; ; delayMs = Math.min(delayMs * 2, LONGEST_RETRY_MS)) {
      let error: unknown;
      try {
        if (await this.tryMakeSpoken(key, by, revision)) return;
      } catch (failure) {
        error = failure;
      }
      if (signal.aborted || this.clock.monotonic() >= deadline) {
        this.log.error('a result may stay unsaid: its inline claim could not be withdrawn', {
          toolCallKey: key,
          error,
        });
        return;
      }
      await delay(this.clock, delayMs, signal);
    }
  }

  /**
   * Writes to an inline claim that the answer has left whole. Tried for as long as others write it too; never rejects: without
   * the mark only a repeat that hangs up at that moment may have the result said as well.
   *
   * @param revision of the claim
   */
  async markDelivered(key: string, answer: InlineAnswer, by: string, revision: number): Promise<void> {
    try {
      for (let at = revision; ;) {
        try {
          await this.bucket().update(key, valueOf(answer, by, true), at);
          return;
        } catch (error) {
          if (!isWriteConflict(error)) throw error;
          const claim = await this.look(key);
          if (claim === undefined || claim.kind === 'spoken' || claim.isDelivered) return;
          at = claim.revision;
        }
      }
    } catch (error) {
      this.log.debug('an answer has left, and its claim could not be marked', { toolCallKey: key, error });
    }
  }

  /** @returns false when somebody wrote in between: to be looked at again */
  private async tryMakeSpoken(key: string, by: string, revision: number | undefined): Promise<boolean> {
    const bucket = this.bucket();
    const entry = await bucket.get(key);
    try {
      if (entry === undefined) {
        await bucket.create(key, valueOf('spoken', by));
        return true;
      }
      const claim = claimIn(entry);
      if (claim.kind === 'inline' && !claim.isDelivered && (claim.by === by || claim.revision === revision)) {
        await bucket.update(key, valueOf('spoken', by), entry.revision);
      }
      return true;
    } catch (error) {
      if (isWriteConflict(error)) return false;
      // Full, and no claim is there: none of ours is on its way either, it would have been stored before this was refused.
      // The notifier says what nobody has claimed.
      if (entry === undefined && isMessagingError(error) && error.code === 'store-full') return true;
      throw error;
    }
  }

  private async attempt(key: string, write: () => Promise<number>): Promise<ClaimOutcome> {
    try {
      return { kind: 'claimed', revision: await withTimeLimit(this.clock, write(), LEDGER_LIMIT_MS) };
    } catch (error) {
      if (isWriteConflict(error)) return this.found(key);
      this.log.warn('the claim on a result could not be written', { toolCallKey: key, error });
      return { kind: 'failed' };
    }
  }

  private async found(key: string): Promise<ClaimOutcome> {
    try {
      const claim = await this.look(key);
      return claim === undefined ? { kind: 'failed' } : { kind: 'found', claim };
    } catch (error) {
      this.log.warn('the claim on a result could not be read', { toolCallKey: key, error });
      return { kind: 'failed' };
    }
  }

  private bucket(): KvBucket {
    return this.kv.bucket(Buckets.Ledger);
  }
}

function valueOf(claim: 'spoken' | InlineAnswer, by: string, delivered?: true): string {
  const value: LedgerClaim =
    claim === 'spoken' ? { claim: 'spoken' } : { claim: 'inline', ...claim, by, ...(delivered && { delivered }) };
  return JSON.stringify(value);
}

/** What cannot be read counts as spoken, as it does for the notifier. */
function claimIn({ value, revision }: KvEntry): FoundClaim {
  try {
    const { claim, text = NO_WORDS, as = 'result', by, delivered } = parseJson(LedgerClaim, value);
    if (claim === 'spoken') return { kind: 'spoken' };
    const isDelivered = delivered === true;
    return { kind: 'inline', answer: { as, text }, revision, isDelivered, ...(by === undefined ? {} : { by }) };
  } catch (error) {
    if (!isContractError(error)) throw error;
    return { kind: 'spoken' };
  }
}
