import { Injectable } from '@nestjs/common';

/** Somebody else runs one of this worker's tools in another version. */
export interface ToolContest {
  readonly tool: string;
  /** `worker`: another worker claims the tool; `version`: replicas of this one, as during a rolling update. */
  readonly kind: 'worker' | 'version';
  readonly worker: string;
  readonly version: string;
  readonly replicas: number;
}

/** Fits the `CheckResult` of @interject/runtime. */
export interface ToolsCheck {
  readonly status: 'up' | 'down';
  readonly names: readonly string[];
  /** Only when there are some; they do not take the worker out of service. */
  readonly contests?: readonly ToolContest[];
  readonly [detail: string]: unknown;
}

/** Which tools this worker runs, and whether the gateway can know of them. */
@Injectable()
export class RegisteredTools {
  private readonly stored = new Map<string, boolean>();
  private readonly contested = new Map<string, readonly ToolContest[]>();
  private isKnown = false;

  /** Names of all tools of this worker, sorted. */
  names(): readonly string[] {
    return [...this.stored.keys()].sort();
  }

  /** True once the definition of each tool has been stored; with no tools, as soon as that is known. */
  get isRegistered(): boolean {
    return this.isKnown && [...this.stored.values()].every(Boolean);
  }

  /** For readiness: `up` once {@link isRegistered}. */
  check(): ToolsCheck {
    const contests = [...this.contested.values()].flat();
    return {
      status: this.isRegistered ? 'up' : 'down',
      names: this.names(),
      ...(contests.length > 0 && { contests }),
    };
  }

  /** @internal */
  expect(names: readonly string[]): void {
    this.isKnown = true;
    for (const name of names) this.stored.set(name, false);
  }

  /** @internal */
  confirm(name: string): void {
    this.stored.set(name, true);
  }

  /** @internal */
  contest(name: string, contests: readonly ToolContest[]): void {
    this.contested.set(name, contests);
  }
}
