import type { ToolCallFinished, ToolCallRequested } from '@interject/contracts';
import type { CompiledTool } from '../tool-source.types.js';
import type { JobEnd } from './job-end.js';
import { resultData } from './result-data.js';
import { wordFailure, wordResult } from './wording.js';
import type { OnFault } from './wording.js';

/** What is known of a job when its result is written. */
export interface EndedJob {
  readonly tool: CompiledTool;
  readonly request: ToolCallRequested;
  /** As the handler got them; not there when it never ran. */
  readonly args?: object;
  readonly end: JobEnd;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** The one terminal event of a tool call. Always fits the contract, whatever the handler returned, threw or said. */
export function resultEvent(job: EndedJob, onFault: OnFault): ToolCallFinished {
  const { tool, request, args = {}, end, at } = job;
  const { callId, toolCallId, requestedAt } = request;
  const common = { callId, toolCallId, tool: request.tool, attempts: end.attempts, requestedAt, at };
  // Nobody is there to hear a silent one: its words are not even made.
  const isSilent = request.isSilent === true;
  if (end.outcome !== 'succeeded') {
    const sayOnFailure = tool.definition.sayOnFailure ?? request.sayOnFailure;
    const words = isSilent ? undefined : wordFailure(tool, sayOnFailure, end, onFault);
    return { ...common, outcome: end.outcome, failure: end.failure, ...words };
  }
  const result = resultData(end.value, end.attempts);
  if (!result.fits) return resultEvent({ ...job, end: result.end }, onFault);
  const words = isSilent ? undefined : wordResult(request.tool, tool, { value: end.value, args }, onFault);
  return { ...common, outcome: 'succeeded', ...words, ...(result.data !== undefined && { data: result.data }) };
}
