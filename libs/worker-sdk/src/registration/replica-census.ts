import { HEARTBEAT_LATE_MS } from '@interject/contracts';
import type { WorkerHeartbeat } from '@interject/contracts';

/** The broker gives a sign of life every 2 s: after this much silence nothing is known about anybody. */
const SILENCE_MS = 5000;

/** Live replicas of one worker that run a tool in the same version. */
export interface ToolOffer {
  readonly worker: string;
  readonly version: string;
  readonly replicas: number;
}

interface Replica {
  readonly worker: string;
  /** Versions by tool. */
  readonly tools: ReadonlyMap<string, string>;
  readonly seenAt: number;
}

/**
 * Which replicas live. Ages them by when they were last heard before the broker was: nobody grows old while it is away.
 * Pure; every `now` is of one clock that never steps back.
 */
export class ReplicaCensus {
  private readonly replicas = new Map<string, Replica>();
  private heardAt: number;

  constructor(now: number) {
    this.heardAt = now;
  }

  /** The broker was heard. */
  heard(now: number): void {
    if (now - this.heardAt > SILENCE_MS) this.allJustSeen(now);
    this.heardAt = now;
  }

  /** Nothing was heard for a while: what happened meanwhile is not known. */
  allJustSeen(now: number): void {
    this.heardAt = now;
    for (const [id, replica] of this.replicas) this.replicas.set(id, { ...replica, seenAt: now });
  }

  beat({ replica, worker, tools }: WorkerHeartbeat, now: number): void {
    this.heard(now);
    const versions = new Map(tools.map(({ name, version }) => [name, version]));
    this.replicas.set(replica, { worker, tools: versions, seenAt: now });
  }

  left(replica: string): void {
    this.replicas.delete(replica);
  }

  /** Who runs the tool just now. */
  offers(tool: string): readonly ToolOffer[] {
    const offers = new Map<string, ToolOffer>();
    for (const [id, { worker, tools, seenAt }] of this.replicas) {
      const version = tools.get(tool);
      if (this.heardAt - seenAt > HEARTBEAT_LATE_MS) this.replicas.delete(id);
      else if (version !== undefined) {
        const key = JSON.stringify([worker, version]);
        offers.set(key, { worker, version, replicas: (offers.get(key)?.replicas ?? 0) + 1 });
      }
    }
    return [...offers.values()];
  }
}
