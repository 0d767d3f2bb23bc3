import { AbortCodes, ToolCallAborted } from '../tool-errors.js';
import type { StopCode } from './attempt.js';

/** The end of a whole job as one signal: the process goes down, the call ended, or somebody cancelled. */
export class JobSignal {
  private readonly controller = new AbortController();
  private readonly onShutdown = (): void => {
    this.stop(AbortCodes.Shutdown);
  };

  /** @param shutdown aborted when the drain of this process gave up waiting */
  constructor(private readonly shutdown: AbortSignal) {
    if (shutdown.aborted) this.onShutdown();
    else shutdown.addEventListener('abort', this.onShutdown);
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  /** The first reason wins. */
  stop(code: StopCode): void {
    this.controller.abort(new ToolCallAborted(code));
  }

  /** Stops listening; a stop from now on has no effect on anybody. */
  close(): void {
    this.shutdown.removeEventListener('abort', this.onShutdown);
  }
}
