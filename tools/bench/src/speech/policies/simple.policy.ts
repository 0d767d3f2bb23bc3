import type { FloorChanged, ToolCallFinished } from '@interject/contracts';
import type { PostOutcome } from '@interject/speech';
import type { Belief, Policy, PolicyHost } from './policy.types.js';

/** What is common to the ways of today: one POST, a 2xx is taken for said, and nothing is tried again. */
export abstract class SimplePolicy implements Policy {
  private readonly known = new Map<string, Belief>();
  protected isOver = false;

  constructor(protected readonly host: PolicyHost) {}

  start(): void {}
  toolCall(): void {}
  status(): void {}
  floor(_fact: FloorChanged): void {}

  abstract result(fact: ToolCallFinished): void;

  ended(): void {
    this.isOver = true;
  }

  beliefs(): ReadonlyMap<string, Belief> {
    return this.known;
  }

  protected send({ toolCallId, text = '' }: ToolCallFinished): void {
    if (this.isOver) return;
    this.host.note(`POST of ${toolCallId}`);
    const order = { toolCallIds: [toolCallId], texts: [text], text, callerMayInterrupt: true, isAtBound: false };
    const answered = (outcome: PostOutcome): void => {
      this.host.note(`POST of ${toolCallId}: ${outcome}`);
      if (outcome === 'accepted') this.known.set(toolCallId, { state: 'accepted', isFinal: true });
    };
    this.host.post(order, () => true, answered);
  }
}
