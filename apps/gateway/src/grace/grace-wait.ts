import { randomUUID } from 'node:crypto';
import type { Log } from '@interject/observability';
import type { ClientConnection } from './client-connection.js';
import { GraceWindow } from './grace-window.js';
import type { GraceAction, GraceEvent, GraceOutcome, InlineAnswer, Recollection } from './grace-window.types.js';
import type { ClaimOutcome, Ledger } from './ledger.service.js';

/** What a wait needs of the world around it. */
export interface GraceWaitOptions {
  /** `toolCallKey`, the ledger's key. */
  readonly key: string;
  readonly client: ClientConnection;
  readonly ledger: Ledger;
  readonly log: Log;
  /** What an earlier webhook left of this tool call. */
  recall(): Promise<Recollection>;
  /** Turns the claim into `spoken` behind the answer's back. */
  makeSpoken(by: string, revision: number | undefined): void;
  /** Writes behind the answer's back that it has left. */
  markDelivered(answer: InlineAnswer, by: string, revision: number): void;
  count(outcome: GraceOutcome): void;
  /** The result is not waited for any more. */
  onReleased(): void;
}

/** One sync tool call whose webhook is held open for its result: feeds the {@link GraceWindow} and does what it says. */
export class GraceWait {
  /** Resolves when it is decided how the tool call is answered, unless the ledger has it otherwise. */
  readonly ready: Promise<void>;
  /** The result, or undefined: pending. Comes after {@link settle}, or before it when nothing is to be claimed. */
  readonly answer: Promise<InlineAnswer | undefined>;
  private readonly window = new GraceWindow();
  /** Stands for the response in the ledger. */
  private readonly by = randomUUID();
  private becomeReady: () => void = () => undefined;
  private resolveAnswer: (answer: InlineAnswer | undefined) => void = () => undefined;

  constructor(private readonly options: GraceWaitOptions) {
    this.ready = new Promise((resolve) => {
      this.becomeReady = resolve;
    });
    this.answer = new Promise((resolve) => {
      this.resolveAnswer = resolve;
    });
    options.client.onEnd((type) => {
      this.tell({ type });
    });
  }

  /** The tool call is in the stream. @param repeated it had been before */
  stored(repeated: boolean): void {
    this.tell({ type: repeated ? 'stored-before' : 'stored' });
  }

  resultCame(answer: InlineAnswer): void {
    this.tell({ type: 'result', answer });
  }

  /** No longer: from now on only what is there counts. */
  end(): void {
    this.tell({ type: 'deadline' });
  }

  /** The response will be written as soon as {@link answer} is there. */
  settle(): void {
    this.tell({ type: 'settle' });
  }

  /** The webhook is refused. */
  withdraw(): void {
    this.tell({ type: 'withdrawn' });
  }

  private tell(event: GraceEvent): void {
    for (const action of this.window.handle(event)) this.act(action);
  }

  private act(action: GraceAction): void {
    const { key, ledger } = this.options;
    switch (action.type) {
      case 'recall':
        void this.recall();
        return;
      case 'claim':
        void ledger.create(key, action.claim, this.by).then(this.tellOutcome);
        return;
      case 'take-over':
        void ledger.takeOver(key, action.answer, action.revision, this.by).then(this.tellOutcome);
        return;
      case 'make-spoken':
        this.options.makeSpoken(this.by, action.revision);
        return;
      case 'mark-delivered':
        this.options.markDelivered(action.answer, this.by, action.revision);
        return;
      case 'release':
        this.options.onReleased();
        return;
      case 'ready':
        this.becomeReady();
        return;
      case 'answer':
        this.resolveAnswer(action.answer);
        return;
      case 'count':
        this.options.count(action.outcome);
        return;
    }
  }

  private readonly tellOutcome = (outcome: ClaimOutcome): void => {
    switch (outcome.kind) {
      case 'claimed':
        this.tell({ type: 'claimed', revision: outcome.revision });
        return;
      case 'found':
        this.tell({ type: 'found', claim: outcome.claim });
        return;
      case 'failed':
        this.tell({ type: 'claim-failed' });
        return;
    }
  };

  private async recall(): Promise<void> {
    try {
      this.tell({ type: 'recalled', facts: await this.options.recall() });
    } catch (error) {
      this.options.log.warn('what became of a repeated tool call cannot be read', {
        toolCallKey: this.options.key,
        error,
      });
      this.tell({ type: 'recall-failed' });
    }
  }
}
