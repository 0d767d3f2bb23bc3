import { toolCallKey } from '@interject/contracts';
import type { ToolCallCalledBack, ToolCallRequested } from '@interject/contracts';
import type { CallbackPorts } from '../execution/job.types.js';

/** The gateway's side of callbacks, in the hands of the test. */
export class FakeCallbacks implements CallbackPorts {
  readonly publicUrl = 'https://interject.example';
  readonly secret = 'secret of the test bench';
  private readonly came = new Map<string, ToolCallCalledBack>();
  private readonly waiting = new Map<string, (answer: ToolCallCalledBack) => void>();

  readonly answers = {
    answer: async (request: ToolCallRequested, signal: AbortSignal): Promise<ToolCallCalledBack> =>
      this.answer(request, signal),
    stored: async ({ callId, toolCallId }: ToolCallRequested, signal: AbortSignal) => {
      signal.throwIfAborted();
      return this.came.get(toolCallKey(callId, toolCallId));
    },
  };

  /** The first one counts, as at the gateway. */
  callBack(answer: ToolCallCalledBack): void {
    const key = toolCallKey(answer.callId, answer.toolCallId);
    if (this.came.has(key)) return;
    this.came.set(key, answer);
    this.waiting.get(key)?.(answer);
  }

  private async answer(request: ToolCallRequested, signal: AbortSignal): Promise<ToolCallCalledBack> {
    signal.throwIfAborted();
    const key = toolCallKey(request.callId, request.toolCallId);
    const early = this.came.get(key);
    if (early !== undefined) return early;
    return new Promise((resolve, reject) => {
      this.waiting.set(key, resolve);
      signal.addEventListener('abort', () => {
        reject(signal.reason as Error);
      });
    });
  }
}
