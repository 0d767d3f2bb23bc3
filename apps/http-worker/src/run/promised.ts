import { isToolError, MAX_PLAIN_RESULT, NonRetryableError } from '@interject/worker-sdk';
import { resultOf } from '../backend/response-plan.js';
import type { AnswerContext } from '../backend/response-plan.js';
import { TemplateFailure } from '../backend/template-failure.js';
import type { HttpTool } from '../file/http-tool.js';

type Wording = Pick<HttpTool, 'response' | 'say'>;

/**
 * What is made of a 202 whose backend does not call back: the job is not done, so there must be something true to say of
 * it, by the words of the file or of the backend. "The result is ready", said for want of words, would be a lie.
 *
 * @param onFailure hears why the words of the file cannot be made
 * @throws NonRetryableError `backend-answered-202` when there are no words; as {@link resultOf}
 */
export function promised(
  tool: Wording,
  content: unknown,
  context: AnswerContext,
  onFailure: (failure: TemplateFailure) => void,
): unknown {
  const result = promisedResult(tool, content, context);
  if (!hasWords(tool, result, context.args, onFailure)) throw notReady();
  return result;
}

function promisedResult({ response }: Wording, content: unknown, context: AnswerContext): unknown {
  try {
    return resultOf(response, content, context);
  } catch (error) {
    // It lacks what a result has because it is none yet.
    if (isToolError(error) && error.code === 'backend-answer-invalid') throw notReady(error);
    throw error;
  }
}

function hasWords(
  { say }: Wording,
  result: unknown,
  args: object,
  onFailure: (failure: TemplateFailure) => void,
): boolean {
  if (say === undefined) {
    const text = typeof result === 'string' ? result.replace(/\s+/g, ' ').trim() : '';
    return text !== '' && text.length <= MAX_PLAIN_RESULT;
  }
  try {
    return say.render({ result, arguments: args }).trim() !== '';
  } catch (cause) {
    onFailure(TemplateFailure.of('say', cause));
    return false;
  }
}

function notReady(cause?: unknown): NonRetryableError {
  const text =
    'The backend answered 202, has no result yet, and nobody waits for one: set `callback: true`, or a `say` that needs none.';
  return new NonRetryableError(text, { code: 'backend-answered-202', cause });
}
