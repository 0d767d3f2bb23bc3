import { isContractError, parseJson, Streams, ToolCallRequested } from '@interject/contracts';
import type { DeadLetter } from '@interject/messaging';

/** What a letter holds, as far as this version can read it. */
export type LetterContent =
  | { readonly kind: 'tool-call'; readonly request: ToolCallRequested }
  /** Any fact about a call; its handler knows which. */
  | { readonly kind: 'call-event'; readonly callId: string | undefined; readonly event: string }
  /** With what is wrong, by field, without values. */
  | { readonly kind: 'unreadable'; readonly problems: readonly string[] };

/** Third token of `calls.<partition>.<callToken>.<event>`, from 0. */
const EVENT_TOKEN = 3;

/** Reads a letter. Never throws. */
export function letterContent(letter: Pick<DeadLetter, 'stream' | 'subject' | 'data'>): LetterContent {
  const text = Buffer.from(letter.data).toString('utf8');
  if (letter.stream === Streams.ToolCalls) return toolCall(text);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { kind: 'unreadable', problems: ['is not JSON'] };
  }
  const { callId } = (typeof value === 'object' && value !== null ? value : {}) as { readonly callId?: unknown };
  const event = letter.subject.split('.')[EVENT_TOKEN] ?? 'unknown';
  return { kind: 'call-event', callId: typeof callId === 'string' ? callId : undefined, event };
}

function toolCall(text: string): LetterContent {
  try {
    return { kind: 'tool-call', request: parseJson(ToolCallRequested, text) };
  } catch (error) {
    if (!isContractError(error)) return { kind: 'unreadable', problems: ['is not JSON'] };
    const problems = error.problems.map(({ field, problem }) => `${field} ${problem}`);
    return { kind: 'unreadable', problems: problems.length > 0 ? problems : ['is not JSON'] };
  }
}

/** The call a letter belongs to, if it can be read. */
export function callIdOf(content: LetterContent): string | undefined {
  switch (content.kind) {
    case 'tool-call':
      return content.request.callId;
    case 'call-event':
      return content.callId;
    case 'unreadable':
      return undefined;
  }
}

/** The tool a letter is for: the second token of `tool-calls.<tool>.<partition>.<key>`. */
export function toolOf({ stream, subject }: Pick<DeadLetter, 'stream' | 'subject'>): string | undefined {
  return stream === Streams.ToolCalls ? subject.split('.')[1] : undefined;
}
