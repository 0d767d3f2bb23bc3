import type { ToolCallFinished } from '@interject/contracts';
import { SimplePolicy } from './simple.policy.js';

/** What everybody does today: the result is POSTed when it is there. */
export class SendAtOncePolicy extends SimplePolicy {
  override result(fact: ToolCallFinished): void {
    this.send(fact);
  }
}
