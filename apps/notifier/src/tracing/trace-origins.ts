import { CallEventNames, Streams, toolCallKey } from '@interject/contracts';
import type { StreamName } from '@interject/contracts';
import type { StoredMessage } from '@interject/messaging';
import { RecentMap } from '@interject/observability';

/** About 250 bytes each. What is pushed out of memory is spoken all the same, in a trace of its own. */
const KEPT = 20_000;

/**
 * Which trace an utterance belongs to: the headers of the messages that it comes from, by the keys in their subjects. They
 * are in the streams, so that a successor has them too.
 */
export class TraceOrigins {
  private readonly headers = new RecentMap<string, string>(KEPT);

  seen(stream: StreamName, { subject, headers }: Pick<StoredMessage, 'subject' | 'headers'>): void {
    const key = keyIn(stream, subject);
    // The result of a tool call goes before its request, in whatever order they are read.
    if (key === undefined || (stream === Streams.ToolCalls && this.headers.has(key))) return;
    const traceparent = headers['traceparent'];
    if (traceparent !== undefined) this.headers.set(key, traceparent);
  }

  /** The header of what an utterance tells of: the result, the announcement, else the tool call. */
  of({ utteranceId, callId, toolCallId }: Told): string | undefined {
    return (
      this.headers.get(utteranceId) ?? (toolCallId === undefined ? undefined : this.ofToolCall(callId, toolCallId))
    );
  }

  ofToolCall(callId: string, toolCallId: string): string | undefined {
    return this.headers.get(toolCallKey(callId, toolCallId));
  }
}

/** What an utterance is made of, as far as it shows where it comes from. */
export interface Told {
  readonly utteranceId: string;
  readonly callId: string;
  readonly toolCallId?: string;
}

/** The key of a tool call or an announcement, which is the id of the utterance that tells its outcome. */
function keyIn(stream: StreamName, subject: string): string | undefined {
  switch (stream) {
    case Streams.ToolCalls:
      return subject.slice(subject.lastIndexOf('.') + 1);
    case Streams.CallEvents: {
      const [, , , event, key] = subject.split('.');
      return event === CallEventNames.Result || event === CallEventNames.Announcement ? key : undefined;
    }
    default:
      return undefined;
  }
}
