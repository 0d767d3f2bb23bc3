import type { CallAction } from './call-actions.types.js';

/** What a call's machine wants done, until it is taken. One class for all its parts: a closure each would be held by every live call. */
export class Outbox {
  private actions: CallAction[] | undefined;

  push(action: CallAction): void {
    if (this.actions === undefined) this.actions = [action];
    else this.actions.push(action);
  }

  /** @returns what is to be done, in this order */
  take(): CallAction[] {
    const actions = this.actions ?? [];
    this.actions = undefined;
    return actions;
  }
}
