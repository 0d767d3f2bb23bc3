import type { FloorChanged, FloorSpeaker, ToolCallFinished } from '@interject/contracts';
import { SimplePolicy } from './simple.policy.js';

/** Waits until, by the speech events, neither side talks; for ever, if need be, and without a pause for thought. */
export class WaitForSilencePolicy extends SimplePolicy {
  private readonly talking = new Set<FloorSpeaker>();
  private waiting: ToolCallFinished[] = [];

  override result(fact: ToolCallFinished): void {
    this.waiting.push(fact);
    this.release();
  }

  override floor({ speaker, change }: FloorChanged): void {
    if (change === 'started') this.talking.add(speaker);
    else if (change === 'stopped') this.talking.delete(speaker);
    else if (change === 'interrupted') this.talking.delete('assistant');
    this.release();
  }

  private release(): void {
    if (this.talking.size > 0) return;
    for (const result of this.waiting.splice(0)) this.send(result);
  }
}
