import type { FoundClaim, GraceAction, GraceEvent, GraceOutcome, InlineAnswer } from './grace-window.types.js';

type State =
  | { readonly name: 'publishing' }
  /** A repeat of the webhook: what did the earlier one leave? */
  | { readonly name: 'recalling' }
  | { readonly name: 'waiting' }
  /** The result came in time, or a claim for it was found (`revision`). Claimed only when the response can be written. */
  | { readonly name: 'held'; readonly answer: InlineAnswer; readonly revision?: number }
  /** An earlier response has delivered the result: this one says the same, and changes nothing. */
  | { readonly name: 'delivered'; readonly answer: InlineAnswer }
  | { readonly name: 'claiming'; readonly answer: InlineAnswer }
  | { readonly name: 'taking-over'; readonly answer: InlineAnswer; readonly revision: number }
  /** Claimed for this answer, which is on its way. */
  | { readonly name: 'inline'; readonly answer: InlineAnswer; readonly revision: number; readonly isRepeat: boolean }
  /** Being claimed for speech. */
  | { readonly name: 'yielding' }
  | { readonly name: 'done' };
type In<Name extends State['name']> = Extract<State, { name: Name }>;

const SPEAK: GraceAction = { type: 'claim', claim: 'spoken' };

/**
 * The wait of one sync tool call for its result: is that the answer to the webhook, or is it spoken? Both gateway and
 * notifier may deliver it, and the ledger decides between them (DESIGN section 3).
 *
 * Pure: events in, actions out. Never claims inline before the response can be written, because the notifier gives an
 * inline claim no more than 2 s to be withdrawn.
 */
export class GraceWindow {
  private state: State = { name: 'publishing' };
  private result: InlineAnswer | undefined;
  private isLate = false;
  private isClientGone = false;

  get stateName(): State['name'] {
    return this.state.name;
  }

  /** @returns what has to be done now, in this order */
  handle(event: GraceEvent): readonly GraceAction[] {
    if (event.type === 'result') this.result ??= event.answer;
    if (event.type === 'deadline') this.isLate = true;
    if (event.type === 'client-gone') this.isClientGone = true;
    const { state } = this;
    switch (state.name) {
      case 'publishing':
        return this.whilePublishing(event);
      case 'recalling':
        return this.whileRecalling(event);
      case 'waiting':
        return event.type === 'withdrawn' ? this.withdraw() : this.whileWaiting();
      case 'held':
        return this.whileHeld(state, event);
      case 'delivered':
        return this.whileDelivered(state, event);
      case 'claiming':
        return this.whileClaiming(state, event);
      case 'taking-over':
        return this.whileTakingOver(state, event);
      case 'inline':
        return this.whileInline(state, event);
      case 'yielding':
        return this.whileYielding(event);
      case 'done':
        return [];
    }
  }

  private whilePublishing({ type }: GraceEvent): readonly GraceAction[] {
    switch (type) {
      case 'stored':
        return this.wait();
      case 'stored-before':
        return this.enter({ name: 'recalling' }, { type: 'recall' });
      case 'withdrawn':
        return this.withdraw();
      default:
        return [];
    }
  }

  private whileRecalling(event: GraceEvent): readonly GraceAction[] {
    switch (event.type) {
      case 'recalled': {
        const { claim, hasGrace, answer } = event.facts;
        if (claim !== undefined) return this.hold(claim, 'repeated');
        if (!hasGrace) return this.pending('pending');
        this.result ??= answer;
        return this.wait();
      }
      case 'recall-failed':
        // Perhaps nobody looks at the ledger for this one: nothing but speech is safe.
        return this.yield();
      case 'withdrawn':
        return this.withdraw();
      default:
        return [];
    }
  }

  /** Waits, unless what came meanwhile has decided it already. */
  private wait(): readonly GraceAction[] {
    this.state = { name: 'waiting' };
    return this.whileWaiting();
  }

  private whileWaiting(): readonly GraceAction[] {
    if (this.isClientGone) return this.yield();
    if (this.result !== undefined) {
      return this.enter({ name: 'held', answer: this.result }, { type: 'release' }, { type: 'ready' });
    }
    return this.isLate ? this.yield() : [];
  }

  private whileHeld({ answer, revision }: In<'held'>, { type }: GraceEvent): readonly GraceAction[] {
    switch (type) {
      case 'settle':
        return revision === undefined
          ? this.enter({ name: 'claiming', answer }, { type: 'claim', claim: answer })
          : this.takeOver(answer, revision);
      case 'client-gone':
        // A claim that was found is its owner's affair.
        return revision === undefined ? this.yield() : this.pending('abandoned');
      case 'withdrawn':
        return this.withdraw();
      default:
        return [];
    }
  }

  private whileDelivered({ answer }: In<'delivered'>, { type }: GraceEvent): readonly GraceAction[] {
    if (type === 'settle') return this.repeat(answer);
    return type === 'withdrawn' ? this.withdraw() : [];
  }

  private whileClaiming({ answer }: In<'claiming'>, event: GraceEvent): readonly GraceAction[] {
    switch (event.type) {
      case 'claimed':
        return this.own(answer, false, event.revision);
      case 'found':
        return this.follow(event.claim, 'pending');
      case 'claim-failed':
        // It may have been made all the same; then the notifier would leave the result to this answer.
        return this.pending('pending', { type: 'make-spoken' });
      default:
        return [];
    }
  }

  private whileTakingOver({ answer, revision }: In<'taking-over'>, event: GraceEvent): readonly GraceAction[] {
    switch (event.type) {
      case 'claimed':
        return this.own(answer, true, event.revision);
      case 'found':
        return this.follow(event.claim, 'abandoned');
      case 'claim-failed':
        // Whoever repeats a webhook has not got its answer: so the earlier claim may be withdrawn for it, if it is still there.
        return this.pending('pending', { type: 'make-spoken', revision });
      default:
        return [];
    }
  }

  private whileInline({ answer, revision, isRepeat }: In<'inline'>, { type }: GraceEvent): readonly GraceAction[] {
    if (type === 'flushed') {
      const outcome = isRepeat ? 'repeated' : 'inline';
      return this.enter({ name: 'done' }, { type: 'mark-delivered', answer, revision }, { type: 'count', outcome });
    }
    return type === 'client-gone' ? this.handBack(revision) : [];
  }

  private whileYielding(event: GraceEvent): readonly GraceAction[] {
    switch (event.type) {
      case 'claimed':
      case 'claim-failed':
        // Without a claim the notifier makes its own, a little later.
        return this.pending(this.isClientGone ? 'abandoned' : 'pending');
      case 'found':
        return this.hold(event.claim, 'pending');
      case 'withdrawn':
        return this.withdraw();
      default:
        return [];
    }
  }

  /** Somebody else's claim is there: the answer follows it. */
  private hold(claim: FoundClaim, outcomeIfSpoken: GraceOutcome): readonly GraceAction[] {
    if (claim.kind === 'spoken') return this.pending(this.isClientGone ? 'abandoned' : outcomeIfSpoken);
    if (this.isClientGone) return this.pending('abandoned');
    const { answer, revision, isDelivered } = claim;
    const state: State = isDelivered ? { name: 'delivered', answer } : { name: 'held', answer, revision };
    return this.enter(state, { type: 'release' }, { type: 'ready' });
  }

  /** Somebody else's claim came to light while the response waits for nothing else. */
  private follow(claim: FoundClaim, outcomeIfGone: GraceOutcome): readonly GraceAction[] {
    if (claim.kind === 'spoken') return this.pending('pending');
    if (this.isClientGone) return this.pending(outcomeIfGone);
    return claim.isDelivered ? this.repeat(claim.answer) : this.takeOver(claim.answer, claim.revision);
  }

  private repeat(answer: InlineAnswer): readonly GraceAction[] {
    return this.enter({ name: 'done' }, { type: 'answer', answer }, { type: 'count', outcome: 'repeated' });
  }

  private takeOver(answer: InlineAnswer, revision: number): readonly GraceAction[] {
    return this.enter({ name: 'taking-over', answer, revision }, { type: 'take-over', answer, revision });
  }

  private own(answer: InlineAnswer, isRepeat: boolean, revision: number): readonly GraceAction[] {
    if (this.isClientGone) return [{ type: 'answer' }, ...this.handBack(revision)];
    return this.enter({ name: 'inline', answer, isRepeat, revision }, { type: 'answer', answer });
  }

  private handBack(revision: number): readonly GraceAction[] {
    return this.enter({ name: 'done' }, { type: 'make-spoken', revision }, { type: 'count', outcome: 'abandoned' });
  }

  private yield(): readonly GraceAction[] {
    return this.enter({ name: 'yielding' }, { type: 'release' }, SPEAK);
  }

  private pending(outcome: GraceOutcome, ...first: readonly GraceAction[]): readonly GraceAction[] {
    const last: readonly GraceAction[] = [
      { type: 'release' },
      { type: 'ready' },
      { type: 'answer' },
      { type: 'count', outcome },
    ];
    return this.enter({ name: 'done' }, ...first, ...last);
  }

  /** Nothing is claimed: a repeat of the webhook takes part again, else the notifier speaks. */
  private withdraw(): readonly GraceAction[] {
    return this.enter({ name: 'done' }, { type: 'release' }, { type: 'ready' }, { type: 'answer' });
  }

  private enter(state: State, ...actions: readonly GraceAction[]): readonly GraceAction[] {
    this.state = state;
    return actions;
  }
}
