import { RecentMap } from '@interject/observability';
import type { Clock } from '@interject/observability';
import type { FloorState } from '@interject/speech';

/** What was known of the floor so long ago tells nothing of now. */
const VALID_MS = 60_000;
const KEPT_CALLS = 20_000;

/**
 * Who was talking in calls that this process served until a moment ago. Floor events are kept in the broker's memory: after
 * its restart only this knows that a caller is in the middle of a turn.
 */
export class FloorMemory {
  private readonly floors = new RecentMap<string, { readonly state: FloorState; readonly at: number }>(KEPT_CALLS);

  constructor(private readonly clock: Pick<Clock, 'monotonic'>) {}

  keep(callId: string, state: FloorState): void {
    this.floors.set(callId, { state, at: this.clock.monotonic() });
  }

  /** What is known, once: it belongs to the machine that serves the call now. */
  take(callId: string): FloorState | undefined {
    const known = this.floors.get(callId);
    this.floors.delete(callId);
    return known === undefined || this.clock.monotonic() - known.at > VALID_MS ? undefined : known.state;
  }
}
