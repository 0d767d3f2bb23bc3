import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { GraceWindow } from './grace-window.js';
import type { FoundClaim, GraceAction, GraceEvent, InlineAnswer } from './grace-window.types.js';

const ANSWER: InlineAnswer = { as: 'result', text: 'Ready.' };

interface Entry {
  readonly kind: 'spoken' | 'inline';
  readonly by: number;
  readonly revision: number;
  readonly isDelivered: boolean;
}

/** The ledger, with operations that may fail although they were done. */
class Ledger {
  entry: Entry | undefined;
  private revision = 0;

  write(kind: 'spoken' | 'inline', by: number, isDelivered = false): number {
    this.revision += 1;
    this.entry = { kind, by, revision: this.revision, isDelivered };
    return this.revision;
  }

  get found(): FoundClaim | undefined {
    if (this.entry === undefined || this.entry.kind === 'spoken') return this.entry && { kind: 'spoken' };
    const { revision, isDelivered } = this.entry;
    return { kind: 'inline', answer: ANSWER, revision, isDelivered };
  }
}

type Fault = 'none' | 'lost' | 'done-but-unknown';

/** One webhook at one gateway; every answer of NATS waits until it is delivered. */
class Webhook {
  readonly window = new GraceWindow();
  readonly inbox: (() => void)[] = [];
  readonly repairs: (() => void)[] = [];
  readonly marks: (() => void)[] = [];
  answered: 'inline' | 'pending' | undefined;
  end: 'flushed' | 'client-gone' | undefined;

  constructor(
    private readonly ledger: Ledger,
    private readonly id: number,
    private readonly nextFault: () => Fault,
    private readonly isResultStored: () => boolean,
  ) {}

  tell(event: GraceEvent): void {
    for (const action of this.window.handle(event)) this.act(action);
  }

  close(end: 'flushed' | 'client-gone'): void {
    if (this.end !== undefined || (end === 'flushed' && this.answered === undefined)) return;
    this.end = end;
    this.tell({ type: end });
  }

  private act(action: GraceAction): void {
    const { ledger, id } = this;
    switch (action.type) {
      case 'recall':
        this.inbox.push(() => {
          const claim = ledger.found;
          const answer = this.isResultStored() ? { answer: ANSWER } : {};
          const facts = { hasGrace: true, ...(claim === undefined ? {} : { claim }), ...answer };
          this.tell(this.nextFault() === 'none' ? { type: 'recalled', facts } : { type: 'recall-failed' });
        });
        return;
      case 'claim':
        this.attempt(action.claim === 'spoken' ? 'spoken' : 'inline', () => ledger.entry === undefined);
        return;
      case 'take-over':
        this.attempt('inline', () => ledger.entry?.revision === action.revision);
        return;
      case 'make-spoken':
        this.repairs.push(() => {
          const { entry } = ledger;
          const isOurs =
            entry?.kind === 'inline' && !entry.isDelivered && (entry.by === id || entry.revision === action.revision);
          if (entry === undefined || isOurs) ledger.write('spoken', id);
        });
        return;
      case 'mark-delivered':
        this.marks.push(() => {
          if (ledger.entry?.kind === 'inline') ledger.write('inline', id, true);
        });
        return;
      case 'answer':
        expect(this.answered).toBeUndefined();
        this.answered = action.answer === undefined ? 'pending' : 'inline';
        return;
      case 'release':
      case 'ready':
      case 'count':
    }
  }

  private attempt(kind: 'spoken' | 'inline', isFree: () => boolean): void {
    this.inbox.push(() => {
      const fault = this.nextFault();
      const isWritten = fault !== 'lost' && isFree();
      const revision = isWritten ? this.ledger.write(kind, this.id) : 0;
      if (fault !== 'none') this.tell({ type: 'claim-failed' });
      else if (isWritten) this.tell({ type: 'claimed', revision });
      else if (this.ledger.found !== undefined) this.tell({ type: 'found', claim: this.ledger.found });
    });
  }
}

/**
 * A tool call, its webhook, a repeat of it and the notifier, in any order that can happen. Vapi repeats only what it got
 * no answer to; the notifier looks at an inline claim again when there was time enough to withdraw it.
 */
class Scene {
  readonly ledger = new Ledger();
  readonly first: Webhook;
  readonly second: Webhook;
  isResultStored = false;
  hasSecondBegun = false;
  private readonly faults: Fault[];

  constructor(faults: readonly Fault[]) {
    this.faults = [...faults];
    const nextFault = (): Fault => this.faults.shift() ?? 'none';
    this.first = new Webhook(this.ledger, 1, nextFault, () => this.isResultStored);
    this.second = new Webhook(this.ledger, 2, nextFault, () => this.isResultStored);
  }

  play(step: number): void {
    const { first, second } = this;
    const steps: readonly (() => void)[] = [
      () => first.tell({ type: 'stored' }),
      () => {
        this.result();
      },
      () => first.tell({ type: 'deadline' }),
      () => first.tell({ type: 'settle' }),
      () => first.inbox.shift()?.(),
      () => first.close('flushed'),
      () => first.close('client-gone'),
      () => first.repairs.shift()?.(),
      () => {
        if (first.end === 'client-gone') this.repeat();
      },
      () => second.tell({ type: 'deadline' }),
      () => second.tell({ type: 'settle' }),
      () => second.inbox.shift()?.(),
      () => second.close('flushed'),
      () => second.close('client-gone'),
      () => second.repairs.shift()?.(),
      () => {
        if (this.isResultStored && this.ledger.entry === undefined) this.ledger.write('spoken', 0);
      },
    ];
    steps[step % steps.length]?.();
  }

  repeat(): void {
    if (this.hasSecondBegun) return;
    this.hasSecondBegun = true;
    this.second.tell({ type: 'stored-before' });
  }

  private result(): void {
    this.isResultStored = true;
    this.first.tell({ type: 'result', answer: ANSWER });
    if (this.hasSecondBegun) this.second.tell({ type: 'result', answer: ANSWER });
  }

  /** Everything that is under way comes to its end; the notifier comes last. */
  finish(): void {
    this.first.tell({ type: 'stored' });
    this.result();
    for (const webhook of this.hasSecondBegun ? [this.first, this.second] : [this.first]) {
      webhook.tell({ type: 'deadline' });
      for (let round = 0; round < 6; round += 1) {
        webhook.tell({ type: 'settle' });
        webhook.inbox.shift()?.();
      }
      webhook.close('flushed');
    }
    for (const repair of [...this.first.repairs.splice(0), ...this.second.repairs.splice(0)]) repair();
    if (this.ledger.entry === undefined) this.ledger.write('spoken', 0);
  }

  get deliveries(): string[] {
    const inline = [this.first, this.second].filter(({ end, answered }) => end === 'flushed' && answered === 'inline');
    return [...inline.map(() => 'inline'), ...(this.ledger.entry?.kind === 'spoken' ? ['spoken'] : [])];
  }
}

const STEPS = 16;
/** The sender hangs up on an answer that is claimed, and repeats the webhook: a way that chance alone seldom finds. */
const TO_THE_ANSWER = [1, 0, 3, 4, 5];
const TO_THE_REPEAT = [1, 0, 3, 4, 6, 8, 11, 10];
const faults = fc.array(fc.constantFrom<Fault>('none', 'none', 'lost', 'done-but-unknown'), { maxLength: 8 });

describe('gateway, its repeat and the notifier', () => {
  it('deliver a result once, whatever becomes of the repeat of a claimed answer', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(STEPS - 1), { maxLength: 12 }), faults, (steps, someFaults) => {
        const scene = new Scene(['none', 'none', ...someFaults]);
        for (const step of [...TO_THE_REPEAT, ...steps]) scene.play(step);
        scene.finish();
        expect(scene.deliveries).toHaveLength(1);
      }),
      { numRuns: 5000 },
    );
  });

  it('never say what was answered, whatever becomes of a repeat that needs no answer', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(STEPS - 1), { maxLength: 20 }), faults, (steps, someFaults) => {
        const scene = new Scene(['none', ...someFaults]);
        for (const step of TO_THE_ANSWER) scene.play(step);
        for (const mark of scene.first.marks.splice(0)) mark();
        scene.repeat();
        for (const step of steps) scene.play(step);
        scene.finish();
        expect(scene.deliveries[0]).toBe('inline');
        expect(scene.deliveries).not.toContain('spoken');
      }),
      { numRuns: 5000 },
    );
  });

  it('deliver a result once, whatever comes in whatever order and fails', () => {
    const seen = new Set<string>();
    fc.assert(
      fc.property(fc.array(fc.nat(STEPS - 1), { maxLength: 40 }), faults, (steps, someFaults) => {
        const scene = new Scene(someFaults);
        for (const step of steps) scene.play(step);
        scene.finish();
        expect(scene.deliveries).toHaveLength(1);
        seen.add(`${scene.deliveries.join()} ${String(scene.first.end)} ${String(scene.second.end)}`);
      }),
      { numRuns: 20_000 },
    );
    // The scenes did get everywhere.
    expect([...seen]).toEqual(
      expect.arrayContaining([
        'inline flushed undefined',
        'spoken flushed undefined',
        'spoken client-gone undefined',
        'inline client-gone flushed',
        'spoken client-gone flushed',
        'spoken client-gone client-gone',
      ]),
    );
  });
});
