import { CallEventNames, parseJson, Streams, Subjects, ToolCallCalledBack, toolCallKey } from '@interject/contracts';
import type { EventFactory, ToolCallRequested } from '@interject/contracts';
import type { OrderedReader } from '@interject/messaging';
import { delay } from '@interject/observability';
import type { Clock, Log } from '@interject/observability';
import type { CallbackAnswers } from '../execution/job.types.js';
import type { FeedSource } from '../watch/stop-feed.js';

const RETRY_MS = 1000;
const KEY_TOKEN = 4;

export interface CalledBackWatchPorts {
  readonly source: FeedSource;
  readonly events: EventFactory;
  readonly clock: Clock;
  readonly log: Log;
}

type Listener = (data: Uint8Array) => void;

/**
 * Hears all callbacks by one reader for the whole process, begun when first somebody waits. It keeps those alone who wait:
 * what came before is looked up in the stream.
 */
export class CalledBackWatch implements CallbackAnswers {
  private readonly waiting = new Map<string, Set<Listener>>();
  private reader: Promise<OrderedReader> | undefined;

  constructor(private readonly ports: CalledBackWatchPorts) {}

  async stop(): Promise<void> {
    await this.reader?.then(
      (reader) => reader.stop(),
      () => undefined,
    );
  }

  async answer(request: ToolCallRequested, signal: AbortSignal): Promise<ToolCallCalledBack> {
    const { callId, toolCallId } = request;
    // Listen first, look second: what happens in between is heard.
    const heard = this.listen(toolCallKey(callId, toolCallId), signal);
    try {
      const data = (await this.lookUp(request, signal)) ?? (await heard.data);
      return parseJson(ToolCallCalledBack, data);
    } finally {
      heard.stop();
    }
  }

  async stored(request: ToolCallRequested, signal: AbortSignal): Promise<ToolCallCalledBack | undefined> {
    const data = await this.lookUp(request, signal);
    return data && parseJson(ToolCallCalledBack, data);
  }

  private listen(key: string, signal: AbortSignal): { readonly data: Promise<Uint8Array>; readonly stop: () => void } {
    const listeners = this.waiting.get(key) ?? new Set();
    let stop = (): void => undefined;
    const data = new Promise<Uint8Array>((resolve, reject) => {
      const onAbort = (): void => {
        reject(signal.reason as Error);
      };
      this.waiting.set(key, listeners.add(resolve));
      signal.addEventListener('abort', onAbort);
      stop = () => {
        signal.removeEventListener('abort', onAbort);
        listeners.delete(resolve);
        if (listeners.size === 0) this.waiting.delete(key);
      };
    });
    // Aborted while the look-up runs: that one throws the same.
    data.catch(() => undefined);
    return { data, stop };
  }

  /** @returns what is stored by now; undefined: whatever comes is heard */
  private async lookUp(request: ToolCallRequested, signal: AbortSignal): Promise<Uint8Array | undefined> {
    const { source, events, clock, log } = this.ports;
    const subject = events.subjectOf(CallEventNames.CalledBack, request);
    for (;;) {
      signal.throwIfAborted();
      try {
        await this.begin();
        return (await source.last(Streams.CallEvents, subject))?.data;
      } catch (error) {
        log.warn('callbacks cannot be heard yet, trying again', { error });
        await delay(clock, RETRY_MS, signal);
      }
    }
  }

  private async begin(): Promise<void> {
    const reader = (this.reader ??= this.read());
    try {
      await reader;
    } catch (error) {
      if (this.reader === reader) this.reader = undefined;
      throw error;
    }
  }

  private async read(): Promise<OrderedReader> {
    const { source } = this.ports;
    const newest = await source.last(Streams.CallEvents, 'calls.>');
    return source.read({
      stream: Streams.CallEvents,
      subject: Subjects.callEventsNamed(CallEventNames.CalledBack, true),
      fromSequence: (newest?.sequence ?? 0) + 1,
      onMessage: ({ subject, data }) => {
        const key = subject.split('.')[KEY_TOKEN];
        for (const listener of (key !== undefined && this.waiting.get(key)) || []) listener(data);
      },
    });
  }
}
