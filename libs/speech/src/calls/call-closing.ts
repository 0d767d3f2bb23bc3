import type { CallAction } from './call-actions.types.js';
import type { CallSnapshot } from './call-snapshot.js';

/** How far a call is from being forgotten. */
export interface ClosingState {
  /** The call has ended. */
  readonly isOver: boolean;
  /** Nothing is being said, or on its way. */
  readonly isSpeechDone: boolean;
  /** No tool call is pending, and everything about what was said is stored. */
  readonly isDone: boolean;
  /** Nothing was heard of it for long. */
  readonly isQuiet: boolean;
}

/** Takes leave of a call, once: its control URL goes with its last speech, its state when all is settled. */
export class CallClosing {
  private isPurged = false;
  private isClosed = false;

  decide({ isOver, isSpeechDone, isDone, isQuiet }: ClosingState, summary: () => CallSnapshot): CallAction[] {
    const actions: CallAction[] = [];
    if (isOver && isSpeechDone && !this.isPurged) {
      this.isPurged = true;
      actions.push({ kind: 'purge-control-url' });
    }
    if (isDone && (isOver || isQuiet) && !this.isClosed) {
      this.isClosed = true;
      // Of a call without life too: it can still be shown, and what comes later is added.
      actions.push({ kind: 'write-summary', summary: summary() }, { kind: 'close' });
    }
    return actions;
  }
}
