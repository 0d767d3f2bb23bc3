import { Injectable } from '@nestjs/common';

/** Fits the `CheckResult` of @interject/runtime. */
export interface ToolsCheck {
  readonly status: 'up' | 'down';
  readonly names: readonly string[];
  readonly [detail: string]: unknown;
}

/** Which tools this worker runs, and whether the gateway can know of them. */
@Injectable()
export class RegisteredTools {
  private readonly stored = new Map<string, boolean>();
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
    return { status: this.isRegistered ? 'up' : 'down', names: this.names() };
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
}
