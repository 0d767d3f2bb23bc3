import { DEFAULT_FAILURE_TEXT, ErrorCodes } from '@interject/contracts';
import type { ToolCallFinished, ToolDefinition } from '@interject/contracts';
import type { NormalizedToolCall } from '@interject/vapi';
import type { Disposition } from './tool-answers.js';

/** Why a tool call was refused, for operators. Arguments and what is wrong with them are private. */
const FAILURES: Partial<Readonly<Record<Disposition, { readonly code: string; readonly message: string }>>> = {
  'no-worker': { code: ErrorCodes.NoWorker, message: 'No worker of this tool lives: start one.' },
  'unknown-tool': { code: ErrorCodes.UnknownTool, message: 'No worker has ever registered this tool.' },
  'invalid-arguments': {
    code: ErrorCodes.InvalidArguments,
    message: 'The arguments do not fit the parameters of the tool.',
  },
};

/**
 * The result of an async tool call that is not stored: its answer reaches nobody (VAPI.md 2.5), so without it the caller,
 * who has heard that somebody is on it, would wait for ever. A sync tool's answer tells the model.
 *
 * @param tool its definition, if it is known
 * @param now milliseconds since the epoch
 * @returns undefined when there is nobody to tell
 */
export function refusedResult(
  callId: string | undefined,
  { tool: name, toolCallId, mode }: Pick<NormalizedToolCall, 'tool' | 'toolCallId' | 'mode'>,
  disposition: Disposition,
  tool: Pick<ToolDefinition, 'sayOnFailure' | 'speech'> | undefined,
  now: number,
): ToolCallFinished | undefined {
  const failure = FAILURES[disposition];
  if (callId === undefined || mode !== 'async' || failure === undefined) return undefined;
  return {
    callId,
    toolCallId,
    tool: name,
    outcome: 'failed',
    text: tool?.sayOnFailure ?? DEFAULT_FAILURE_TEXT,
    ...(tool?.speech === undefined ? {} : { speech: tool.speech }),
    failure: { ...failure, retryable: disposition === 'no-worker' },
    attempts: 0,
    requestedAt: now,
    at: now,
  };
}
