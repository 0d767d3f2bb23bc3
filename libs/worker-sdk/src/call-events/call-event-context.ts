import type { ToolLog } from '../tool.types.js';
import type { CallEventContext } from './call-event.types.js';

/** What the handler of one attempt gets. */
export class HandlerCallEventContext implements CallEventContext {
  readonly callId: string;
  readonly attempt: number;
  readonly idempotencyKey: string;
  readonly storedAt: number;
  readonly signal: AbortSignal;
  private child: ToolLog | undefined;

  constructor(
    facts: Omit<CallEventContext, 'log'>,
    private readonly makeLog: () => ToolLog,
  ) {
    this.callId = facts.callId;
    this.attempt = facts.attempt;
    this.idempotencyKey = facts.idempotencyKey;
    this.storedAt = facts.storedAt;
    this.signal = facts.signal;
  }

  /** Made when first asked for: most handlers log nothing. */
  get log(): ToolLog {
    this.child ??= this.makeLog();
    return this.child;
  }
}
