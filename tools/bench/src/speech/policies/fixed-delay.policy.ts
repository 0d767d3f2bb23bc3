import type { ToolCallFinished } from '@interject/contracts';
import { SimplePolicy } from './simple.policy.js';
import type { PolicyHost } from './policy.types.js';

/** The result is POSTed a fixed time after it is there. */
export class FixedDelayPolicy extends SimplePolicy {
  constructor(
    host: PolicyHost,
    private readonly delayMs: number,
  ) {
    super(host);
  }

  override result(fact: ToolCallFinished): void {
    this.host.agenda.in(this.delayMs, () => {
      this.send(fact);
    });
  }
}
