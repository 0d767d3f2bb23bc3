import { setTimeout as sleep } from 'node:timers/promises';
import { probeReadiness } from './health-probe.js';
import type { ManagedProcess } from './managed-process.js';
import type { PlannedProcess } from './process-plan.js';
import { isReady, readinessVerdict, type ProcessReport } from './readiness-verdict.js';

const STARTING_POLL_MS = 200;
const RUNNING_POLL_MS = 1_000;
const TELL_MISSING_EVERY_MS = 60_000;

export interface WatchedProcess {
  readonly plan: PlannedProcess;
  readonly process: ManagedProcess;
}

/** Looks at the readiness of all processes, tells what changes, and knows when the whole became ready. */
export class ReadinessWatch {
  private readonly stopped = new AbortController();
  private hasBeenReady = false;

  constructor(
    private readonly watched: readonly WatchedProcess[],
    private readonly print: (line: string) => void,
  ) {}

  stop(): void {
    this.stopped.abort();
  }

  /** Resolves with true when everything is ready, with false when stopped before. */
  async untilReady(): Promise<boolean> {
    const startedAt = performance.now();
    let tellAtMs = TELL_MISSING_EVERY_MS;
    while (!this.stopped.signal.aborted) {
      const verdict = readinessVerdict(await this.look(this.watched));
      if (verdict.ready) {
        this.hasBeenReady = true;
        return true;
      }
      const waitedMs = performance.now() - startedAt;
      if (waitedMs >= tellAtMs) {
        tellAtMs += TELL_MISSING_EVERY_MS;
        this.print(`not ready after ${Math.round(waitedMs / 1000)} s, still waiting for:`);
        for (const line of verdict.missing) this.print(`  ${line}`);
      }
      await this.pause(STARTING_POLL_MS);
    }
    return false;
  }

  /** Goes on looking at those that were started again. Resolves when stopped. */
  async keepWatching(): Promise<void> {
    while (!this.stopped.signal.aborted) {
      await this.pause(RUNNING_POLL_MS);
      await this.look(this.watched.filter(({ process }) => !process.isReady));
    }
  }

  private async look(watched: readonly WatchedProcess[]): Promise<ProcessReport[]> {
    return Promise.all(
      watched.map(async ({ plan, process }) => {
        const { pid } = process;
        // Without a child whoever answers on its port is somebody else.
        const result = pid === undefined ? ({ kind: 'unreachable' } as const) : await probeReadiness(plan.probe);
        if (isReady(result) && !process.isReady && process.pid === pid && pid !== undefined) {
          process.markReady();
          this.print(`${plan.id} is ready${this.hasBeenReady ? ' again' : ''}`);
        }
        return { id: plan.id, role: plan.role, result };
      }),
    );
  }

  private async pause(ms: number): Promise<void> {
    await sleep(ms, undefined, { signal: this.stopped.signal }).catch(() => undefined);
  }
}
