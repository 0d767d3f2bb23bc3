import type { ToolCallFinished } from '@interject/contracts';
import { CLAIM_MARGIN_MS, CLAIM_RECHECK_MS } from '../speech/speech-settings.js';

type Step =
  /** Its tool call is not known: the streams are read apart, and its request may be long past. */
  | { readonly name: 'recall' }
  /** Sync tool: does the gateway already say that it will be spoken? */
  | { readonly name: 'look' }
  /** The gateway may still answer inline until then. */
  | { readonly name: 'grace'; readonly until: number }
  | { readonly name: 'claim' }
  /** Claimed for the inline answer, which may still fail until then. */
  | { readonly name: 'recheck-later'; readonly until: number }
  | { readonly name: 'recheck' }
  | { readonly name: 'done'; readonly isSpoken: boolean };

/** What is to be asked about a result before it may be queued. */
export type PreparationQuestion = 'recall-tool-call' | 'look' | 'claim';

/**
 * The way of a result into the queue. The result of a sync tool may be the answer to its webhook: gateway and notifier
 * agree through the ledger which of them delivers it (DESIGN section 3).
 */
export class Preparation {
  private step: Step = { name: 'recall' };
  private isAsked = false;

  /** @param seenAt when the owner saw the result, its own clock */
  constructor(
    readonly result: ToolCallFinished,
    readonly seenAt: number,
  ) {}

  /** Whether it is spoken, once that is known. */
  get decision(): 'spoken' | 'inline' | undefined {
    if (this.step.name !== 'done') return undefined;
    return this.step.isSpoken ? 'spoken' : 'inline';
  }

  get wakeAt(): number {
    return 'until' in this.step && !this.isAsked ? this.step.until : Infinity;
  }

  /** Its tool call is known by now, or known to be gone. @param graceMs of a sync tool; nothing for an async one */
  toolCallKnown(graceMs: number | undefined): void {
    if (this.step.name !== 'recall') return;
    if (graceMs === undefined) {
      this.enter({ name: 'done', isSpoken: true });
    } else {
      this.enter({ name: 'look' });
      this.graceEndsAt = this.seenAt + graceMs + CLAIM_MARGIN_MS;
    }
  }

  /** What has to be asked now, each question once. */
  question(now: number): PreparationQuestion | undefined {
    if ('until' in this.step && now >= this.step.until) {
      this.enter({ name: this.step.name === 'grace' ? 'claim' : 'recheck' });
    }
    if (this.isAsked) return undefined;
    const question = questionOf(this.step);
    this.isAsked = question !== undefined;
    return question;
  }

  claimFound(claim: 'spoken' | 'inline' | 'none', now: number): void {
    switch (this.step.name) {
      case 'look':
        if (claim === 'spoken') this.enter({ name: 'done', isSpoken: true });
        else this.enter({ name: 'grace', until: this.graceEndsAt });
        return;
      case 'claim':
        if (claim === 'inline') this.enter({ name: 'recheck-later', until: now + CLAIM_RECHECK_MS });
        else this.enter({ name: 'done', isSpoken: true });
        return;
      case 'recheck':
        this.enter({ name: 'done', isSpoken: claim === 'spoken' });
        return;
      case 'recall':
      case 'grace':
      case 'recheck-later':
      case 'done':
    }
  }

  private graceEndsAt = Infinity;

  private enter(step: Step): void {
    this.step = step;
    this.isAsked = false;
  }
}

function questionOf(step: Step): PreparationQuestion | undefined {
  switch (step.name) {
    case 'recall':
      return 'recall-tool-call';
    case 'look':
    case 'recheck':
      return 'look';
    case 'claim':
      return 'claim';
    case 'grace':
    case 'recheck-later':
    case 'done':
      return undefined;
  }
}
