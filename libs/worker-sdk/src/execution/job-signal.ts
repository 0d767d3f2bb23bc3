import { AbortCodes, ToolCallAborted } from '../tool-errors.js';
import type { StopCode } from './attempt.js';

/** So much of an `AbortSignal` as is needed to wait for it. */
export interface StopSignal {
  readonly aborted: boolean;
  readonly reason: unknown;
  addEventListener(type: 'abort', listener: () => void): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}

/**
 * The end of a whole job as one signal: the process goes down, the call ended, or somebody cancelled. A plain list of
 * listeners, as every job needs one and few are stopped; an `AbortSignal` costs 5 us with its listener.
 */
export class JobSignal implements StopSignal {
  private stopped: ToolCallAborted | undefined;
  private readonly listeners = new Set<() => void>();
  private controller: AbortController | undefined;
  private readonly onShutdown = (): void => {
    this.stop(AbortCodes.Shutdown);
  };

  /** @param shutdown aborted when the drain of this process gave up waiting */
  constructor(private readonly shutdown: StopSignal) {
    if (shutdown.aborted) this.onShutdown();
    else shutdown.addEventListener('abort', this.onShutdown);
  }

  get aborted(): boolean {
    return this.stopped !== undefined;
  }

  get reason(): ToolCallAborted | undefined {
    return this.stopped;
  }

  /** The same as a real signal, made when first asked for. */
  get signal(): AbortSignal {
    if (this.controller === undefined) {
      this.controller = new AbortController();
      if (this.stopped !== undefined) this.controller.abort(this.stopped);
    }
    return this.controller.signal;
  }

  addEventListener(_type: 'abort', listener: () => void): void {
    this.listeners.add(listener);
  }

  removeEventListener(_type: 'abort', listener: () => void): void {
    this.listeners.delete(listener);
  }

  /** The first reason wins. */
  stop(code: StopCode): void {
    if (this.stopped !== undefined) return;
    this.stopped = new ToolCallAborted(code);
    this.controller?.abort(this.stopped);
    for (const listener of [...this.listeners]) listener();
  }

  /** Stops listening; a stop from now on has no effect on anybody. */
  close(): void {
    this.shutdown.removeEventListener('abort', this.onShutdown);
  }
}
