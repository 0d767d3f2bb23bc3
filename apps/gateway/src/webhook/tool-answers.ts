import type { InlineAnswer } from '../grace/grace-window.types.js';

/** One entry of `results` (VAPI.md 0.2): text of one line, either a result or an error. */
export interface ToolAnswer {
  readonly name: string;
  readonly toolCallId: string;
  readonly result?: string;
  readonly error?: string;
}

/** What became of a tool call at the gateway; a metric label. */
export const Dispositions = [
  'accepted',
  'repeated',
  'unknown-tool',
  'invalid-arguments',
  'no-live-call',
  'unavailable',
] as const;
export type Disposition = (typeof Dispositions)[number];

/**
 * The model sees this as the result of an async tool, if it sees anything (VAPI.md 2.5): it must not sound like success,
 * or the assistant confirms to the caller what has not happened.
 */
const PENDING =
  'Accepted, still running. There is no result yet: do not guess or invent one. ' +
  'The result will be announced to the caller in this call as soon as it is there.';

export function pendingAnswer(name: string, toolCallId: string): ToolAnswer {
  return { name, toolCallId, result: PENDING };
}

/** The result came in time. */
export function inlineToolAnswer(name: string, toolCallId: string, { as, text }: InlineAnswer): ToolAnswer {
  return { name, toolCallId, [as]: text };
}

/** @param problem a phrase for the model, e.g. `region must be string`; made one line */
export function errorAnswer(name: string, toolCallId: string, problem: string): ToolAnswer {
  return { name, toolCallId, error: problem.replaceAll(/\s+/g, ' ').trim() };
}
