import { isContractError, parseJson, Streams, ToolCallFinished } from '@interject/contracts';
import type { DeadLetter, MessagingOperator } from '@interject/messaging';
import { letterContent } from './letter-content.js';

/**
 * What became of the tool call of a letter, as operators look for it in logs; without what is private.
 *
 * @returns undefined for another letter, and when nothing is stored any more
 * @throws MessagingError
 */
export async function storedResult(
  { reader, publisher }: Pick<MessagingOperator, 'reader' | 'publisher'>,
  letter: DeadLetter,
): Promise<Pick<ToolCallFinished, 'outcome' | 'attempts' | 'failure'> | undefined> {
  const content = letterContent(letter);
  if (content.kind !== 'tool-call') return undefined;
  const stored = await reader.last(Streams.CallEvents, publisher.events.subjectOf('result', content.request));
  if (stored === undefined) return undefined;
  try {
    const { outcome, attempts, failure } = parseJson(ToolCallFinished, stored.data);
    return { outcome, attempts, ...(failure === undefined ? {} : { failure }) };
  } catch (error) {
    if (!isContractError(error)) throw error;
    return undefined;
  }
}
