import { Buckets, callToken, Streams } from '@interject/contracts';
import type { ToolCallRequested } from '@interject/contracts';
import type { DeadLetter, MessagingOperator } from '@interject/messaging';
import { letterContent } from './letter-content.js';
import type { LetterContent } from './letter-content.js';
import { decideReplay, replayedToolCallId } from './replay-decision.js';
import type { ReplayDecision, ReplayFacts, ReplayOptions } from './replay-decision.js';

/** A letter and what would be done with it. */
export interface PlannedReplay {
  readonly letter: DeadLetter;
  readonly decision: ReplayDecision;
}

/** What became of it: put back now, or it was put back a moment ago. */
export type ReplayOutcome = 'replayed' | 'repeated';

/** Nobody replays one tool call more often on purpose. */
const MAX_REPLAYS = 100;

/** Puts dead letters back into their streams. */
export class Replayer {
  constructor(
    private readonly operator: Pick<MessagingOperator, 'deadLetters' | 'reader' | 'kv' | 'publisher'>,
    private readonly now: () => number,
  ) {}

  /** @throws MessagingError when the call's facts cannot be read */
  async plan(letter: DeadLetter, options: ReplayOptions): Promise<PlannedReplay> {
    const content = letterContent(letter);
    const facts = await this.factsOf(content);
    return { letter, decision: decideReplay(content, letter.consumer, facts, options, this.now()) };
  }

  /**
   * Puts the letter back and then removes it from the dead letters: cut off in between it is there still, and the next
   * replay within two minutes is recognised.
   *
   * @param keep leave the letter where it is
   * @throws MessagingError; Error for a plan that was refused
   */
  async carryOut({ letter, decision }: PlannedReplay, { keep }: { readonly keep: boolean }): Promise<ReplayOutcome> {
    const outcome = await this.putBack(letter, decision);
    if (!keep) await this.operator.deadLetters.discard(letter.sequence);
    return outcome;
  }

  private async putBack(letter: DeadLetter, decision: ReplayDecision): Promise<ReplayOutcome> {
    switch (decision.kind) {
      case 'refused':
        throw new Error(decision.reason);
      case 'as-it-is': {
        const { replayFor } = decision;
        const stored = await this.operator.deadLetters.republish(letter, replayFor === undefined ? {} : { replayFor });
        return stored === 'stored' ? 'replayed' : 'repeated';
      }
      case 'tool-call': {
        if (decision.isNewToolCall) return this.putBackAsNew(letter, decision.request);
        const stored = await this.operator.deadLetters.republish(letter, { data: encode(decision.request) });
        return stored === 'stored' ? 'replayed' : 'repeated';
      }
    }
  }

  private async putBackAsNew(letter: DeadLetter, request: ToolCallRequested): Promise<ReplayOutcome> {
    const { deadLetters, publisher } = this.operator;
    for (let n = 1; n <= MAX_REPLAYS; n += 1) {
      const renamed = { ...request, toolCallId: replayedToolCallId(request.toolCallId, n) };
      const { subject } = publisher.events.toolCall(renamed);
      const stored = await deadLetters.republish(letter, { subject, data: encode(renamed), once: true });
      if (stored !== 'taken') return stored === 'stored' ? 'replayed' : 'repeated';
    }
    throw new Error(`it was replayed ${String(MAX_REPLAYS)} times already`);
  }

  private async factsOf(content: LetterContent): Promise<ReplayFacts> {
    if (content.kind !== 'tool-call') return { hasCallEnded: false, hasResult: false };
    const { callId } = content.request;
    const { reader, kv, publisher } = this.operator;
    const { events } = publisher;
    const at = this.now();
    const [status, ended, summary, result] = await Promise.all([
      // A replay's own time is no evidence: of a call that ended a day ago neither its end nor its status is kept.
      reader.last(Streams.CallEvents, events.status({ callId, status: 'in-progress', at }).subject),
      reader.last(Streams.CallEvents, events.ended({ callId, at }).subject),
      kv.bucket(Buckets.Calls).get(callToken(callId)),
      reader.last(Streams.CallEvents, events.subjectOf('result', content.request)),
    ]);
    const hasCallEnded = status === undefined || ended !== undefined || summary !== undefined;
    return { hasCallEnded, hasResult: result !== undefined };
  }
}

function encode(request: ToolCallRequested): Uint8Array {
  return Buffer.from(JSON.stringify(request));
}
