/** What the webhook's sender is told of a result that came in time; one line of text. */
export interface InlineAnswer {
  readonly as: 'result' | 'error';
  readonly text: string;
}

/** What `ledger/<toolCallKey>` holds. */
export type FoundClaim =
  | { readonly kind: 'spoken' }
  | {
      readonly kind: 'inline';
      readonly answer: InlineAnswer;
      readonly revision: number;
      readonly by?: string;
      /** An answer has left whole: the claim stays as it is. */
      readonly isDelivered: boolean;
    };

/** What is known of a tool call that was stored by an earlier webhook. */
export interface Recollection {
  /** False: the notifier speaks the result without a look at the ledger, so it must never be an answer too. */
  readonly hasGrace: boolean;
  readonly claim?: FoundClaim;
  /** Of its result, if that is stored. */
  readonly answer?: InlineAnswer;
}

/** What becomes of a wait; a metric label. */
export const GraceOutcomes = [
  /** The result was the answer. */
  'inline',
  /** Answered "pending", the result is spoken. */
  'pending',
  /** The sender hung up before its answer was written: the result is spoken. */
  'abandoned',
  /** A repeat of the webhook, answered from the claim of an earlier one. */
  'repeated',
] as const;
export type GraceOutcome = (typeof GraceOutcomes)[number];

export type GraceEvent =
  /** The tool call was published and acknowledged; `stored-before`: it had been stored by an earlier webhook. */
  | { readonly type: 'stored' | 'stored-before' }
  | { readonly type: 'recalled'; readonly facts: Recollection }
  | { readonly type: 'recall-failed' }
  | { readonly type: 'result'; readonly answer: InlineAnswer }
  /** The time is over, or the gateway shuts down. */
  | { readonly type: 'deadline' }
  /** Every tool call of the webhook is decided: the response can be written as soon as the claims are made. */
  | { readonly type: 'settle' }
  | { readonly type: 'claimed'; readonly revision: number }
  /** The claim was refused: there is another one. */
  | { readonly type: 'found'; readonly claim: FoundClaim }
  /** It is not known whether the claim was made. */
  | { readonly type: 'claim-failed' }
  | { readonly type: 'flushed' | 'client-gone' }
  /** The webhook is refused (503) because another of its tool calls could not be stored. */
  | { readonly type: 'withdrawn' };

export type GraceAction =
  /** Look up what the earlier webhook left: `recalled` or `recall-failed`. */
  | { readonly type: 'recall' }
  /** Create the claim: `claimed`, `found` or `claim-failed`. */
  | { readonly type: 'claim'; readonly claim: 'spoken' | InlineAnswer }
  /** Write the same claim again over this revision, so that its first owner cannot withdraw it: the same outcomes. */
  | { readonly type: 'take-over'; readonly answer: InlineAnswer; readonly revision: number }
  /** Claim for speech, however long it takes, over our own inline claim or the one of that revision, over no other. */
  | { readonly type: 'make-spoken'; readonly revision?: number }
  /** The answer has left: write that to the inline claim, so that nobody takes it back. May fail. */
  | { readonly type: 'mark-delivered'; readonly answer: InlineAnswer; readonly revision: number }
  /** Stop listening for result and deadline. */
  | { readonly type: 'release' }
  /** Decided, unless the claim is refused. */
  | { readonly type: 'ready' }
  /** Nothing: pending. */
  | { readonly type: 'answer'; readonly answer?: InlineAnswer }
  | { readonly type: 'count'; readonly outcome: GraceOutcome };
