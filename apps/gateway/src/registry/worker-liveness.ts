import { HEARTBEAT_LATE_MS, WORKER_PATIENCE_MS } from '@interject/contracts';
import type { WorkerHeartbeat } from '@interject/contracts';
import type { LiveReplica, ToolStatus } from './tool-state.types.js';

interface Replica {
  readonly worker: string;
  readonly startedAt: number;
  /** Versions by tool. */
  readonly tools: ReadonlyMap<string, string>;
  readonly seenSince: number;
  readonly heardAt: number;
}

interface ToolLife {
  /** When there was last any sign that somebody runs it. */
  readonly signAt: number;
  /** When a replica that did not stop since was last heard. */
  readonly heardAt: number | undefined;
}

/**
 * Which tools have a live replica of a worker. Pure: every time is the caller's, of one clock that never steps back
 * (`AttentiveTime`), and nothing happens but by a call.
 */
export class WorkerLiveness {
  private readonly tools = new Map<string, ToolLife>();
  private readonly replicas = new Map<string, Replica>();

  /** A definition was written: by a worker that starts, so it counts as a sign of life. */
  toolRegistered(tool: string, time: number): void {
    this.tools.set(tool, { signAt: time, heardAt: this.lastHeard(tool) });
  }

  toolRemoved(tool: string): void {
    this.tools.delete(tool);
  }

  /** @param at wall clock, ms since the epoch: for people */
  heard({ replica, worker, startedAt, tools }: WorkerHeartbeat, time: number, at: number): void {
    this.replicas.set(replica, {
      worker,
      startedAt,
      tools: new Map(tools.map(({ name, version }) => [name, version])),
      seenSince: this.replicas.get(replica)?.seenSince ?? at,
      heardAt: time,
    });
    for (const { name } of tools) {
      if (this.tools.has(name)) this.tools.set(name, { signAt: time, heardAt: time });
    }
  }

  /** A clean stop: patience with its tools begins now. */
  left(replica: string, time: number): void {
    const stopped = this.replicas.get(replica);
    if (stopped === undefined) return;
    this.replicas.delete(replica);
    // The entry of one that died long ago was removed by somebody else.
    const isSign = time - stopped.heardAt <= WORKER_PATIENCE_MS;
    for (const tool of stopped.tools.keys()) {
      const life = this.tools.get(tool);
      if (life === undefined) continue;
      this.tools.set(tool, { signAt: isSign ? time : life.signAt, heardAt: this.lastHeard(tool) });
    }
  }

  /** What happened meanwhile is not known: everything begins anew as if it had been heard this moment. */
  allJustSeen(time: number): void {
    for (const [id, replica] of this.replicas) this.replicas.set(id, { ...replica, heardAt: time });
    for (const tool of this.tools.keys()) this.tools.set(tool, { signAt: time, heardAt: this.lastHeard(tool) });
  }

  status(tool: string, time: number): ToolStatus {
    const life = this.tools.get(tool);
    if (life === undefined) return 'no-worker';
    if (life.heardAt !== undefined && time - life.heardAt <= HEARTBEAT_LATE_MS) return 'live';
    return time - life.signAt <= WORKER_PATIENCE_MS ? 'restarting' : 'no-worker';
  }

  /** Live replicas by tool, and forgets those that were silent for long. */
  survey(time: number): ReadonlyMap<string, readonly LiveReplica[]> {
    const byTool = new Map<string, LiveReplica[]>();
    for (const [replica, { worker, startedAt, tools, seenSince, heardAt }] of this.replicas) {
      const silentMs = time - heardAt;
      if (silentMs > WORKER_PATIENCE_MS) this.replicas.delete(replica);
      if (silentMs > HEARTBEAT_LATE_MS) continue;
      for (const [tool, version] of tools) {
        const replicas = byTool.get(tool) ?? [];
        replicas.push({ worker, replica, version, startedAt, seenSince });
        byTool.set(tool, replicas);
      }
    }
    return byTool;
  }

  private lastHeard(tool: string): number | undefined {
    let last: number | undefined;
    for (const { tools, heardAt } of this.replicas.values()) {
      if (tools.has(tool) && (last === undefined || heardAt > last)) last = heardAt;
    }
    return last;
  }
}
