import type { SimulatedCall } from './simulated-call.js';

/** Ended calls stay known, as at Vapi, up to this many: a long load run must not grow for ever. */
const MAX_ENDED = 10_000;

/** All calls of this simulator, by id. */
export class CallRegistry {
  private readonly calls = new Map<string, SimulatedCall>();
  private readonly ended: string[] = [];

  add(call: SimulatedCall): void {
    const { id } = call.facts;
    this.calls.set(id, call);
    call.endedSignal.addEventListener('abort', () => this.forgetOldest(id), { once: true });
  }

  find(id: string): SimulatedCall | undefined {
    return this.calls.get(id);
  }

  private forgetOldest(endedId: string): void {
    this.ended.push(endedId);
    if (this.ended.length <= MAX_ENDED) return;
    const oldest = this.ended.shift();
    if (oldest !== undefined) this.calls.delete(oldest);
  }
}
