import { CallEventNames, callToken, Streams, Subjects, toolCallKey } from '@interject/contracts';
import type { Installation } from '../installation.js';

/** A line of a call's story. */
export interface Moment {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly what: string;
  /** What was said, asked or answered. */
  readonly text?: string;
}

type Fields = Readonly<Record<string, unknown>>;

/** Fourth token of `calls.<partition>.<callToken>.<event>`, from 0. */
const EVENT_TOKEN = 3;

/**
 * The facts that the streams still hold of a call, in the order in which they were stored, whatever its partition was
 * then. @throws MessagingError
 */
export async function callEvents(it: Installation, callId: string): Promise<Moment[]> {
  const moments: Moment[] = [];
  const subject = Subjects.callEventsOfCall('*', callToken(callId));
  await it.operator.reader.each(Streams.CallEvents, subject, ({ subject: of, data, storedAt }) => {
    const fields = fieldsIn(data);
    const event = of.split('.')[EVENT_TOKEN] ?? '';
    const at = typeof fields['at'] === 'number' ? fields['at'] : storedAt;
    moments.push({ at, ...told(event, fields) });
  });
  return moments;
}

/** What a tool call asked for, as JSON; undefined when it is not stored any more. @throws MessagingError */
export async function argumentsOf(
  it: Installation,
  callId: string,
  { tool, toolCallId }: { readonly tool: string; readonly toolCallId: string },
): Promise<string | undefined> {
  const subject = Subjects.toolCall(tool, '*', toolCallKey(callId, toolCallId));
  const message = await it.operator.reader.last(Streams.ToolCalls, subject);
  return message === undefined ? undefined : JSON.stringify(fieldsIn(message.data)['arguments'] ?? {});
}

function told(event: string, fields: Fields): Omit<Moment, 'at'> {
  const word = (name: string): string => {
    const value = fields[name];
    return typeof value === 'string' || typeof value === 'number' ? String(value) : '?';
  };
  const text = typeof fields['text'] === 'string' ? { text: fields['text'] } : {};
  const of = `${word('tool')} (${word('toolCallId')})`;
  switch (event) {
    case CallEventNames.Status:
      return { what: `status ${word('status')}` };
    case CallEventNames.Ended:
      return { what: `ended${fields['endedReason'] === undefined ? '' : `: ${word('endedReason')}`}` };
    case CallEventNames.Progress:
      return { what: `progress ${word('sequence')} of ${of}`, ...text };
    case CallEventNames.Result:
      return { what: `result of ${of}: ${word('outcome')}${failureIn(fields)}`, ...text };
    case CallEventNames.Announcement:
      return { what: `announcement ${word('announcementId')}`, ...text };
    case CallEventNames.CancelRequested:
      return { what: `asked to stop ${word('toolCallId')}` };
    case CallEventNames.Undelivered:
      return { what: `undelivered (${word('reason')}): utterance ${word('utteranceId')}`, ...text };
    default:
      return { what: `${event} ${of}` };
  }
}

function failureIn({ failure, attempts }: Fields): string {
  const { code } = (typeof failure === 'object' && failure !== null ? failure : {}) as { readonly code?: unknown };
  return typeof code === 'string' ? `, ${code} after ${String(attempts)} attempts` : '';
}

function fieldsIn(data: Uint8Array): Fields {
  try {
    const value: unknown = JSON.parse(Buffer.from(data).toString('utf8'));
    return typeof value === 'object' && value !== null ? (value as Fields) : {};
  } catch {
    return {};
  }
}
