import type { StandsInTheWay } from '../duplicates/duplicate-decision.js';
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
  'duplicate',
  'unknown-tool',
  'no-worker',
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

/** The tool call is stored, and its result is to come. */
export function pendingAnswer(name: string, toolCallId: string): ToolAnswer {
  return { name, toolCallId, result: PENDING };
}

/** The result came in time. */
export function inlineToolAnswer(name: string, toolCallId: string, { as, text }: InlineAnswer): ToolAnswer {
  return { name, toolCallId, [as]: text };
}

/** Longest part of an earlier result that is repeated to the model. */
const MAX_REPEATED_WORDS = 1000;

/**
 * The tool call is not run, because of an earlier one of its kind. No error: the model would make good for it. Without times:
 * a repeat of the webhook is answered alike.
 */
export function duplicateAnswer(name: string, toolCallId: string, earlier: StandsInTheWay): ToolAnswer {
  switch (earlier.kind) {
    case 'running': {
      const result =
        'Already asked for in this call and still running: it was not started again. ' +
        'There is no result yet, and it will be announced to the caller as soon as it is there: do not guess or invent ' +
        'one, and do not call the tool again.';
      return { name, toolCallId, result };
    }
    case 'done': {
      const words = earlier.words === undefined ? '' : ` The result was: ${cut(earlier.words)}`;
      const result = `Already done in this call: it was not done again, do not call the tool again for the same.${words}`;
      return { name, toolCallId, result };
    }
  }
}

function cut(words: string): string {
  const characters = [...words];
  return characters.length <= MAX_REPEATED_WORDS ? words : `${characters.slice(0, MAX_REPEATED_WORDS).join('')}…`;
}

/** @param problem a phrase for the model, e.g. `region must be string`; made one line */
export function errorAnswer(name: string, toolCallId: string, problem: string): ToolAnswer {
  return { name, toolCallId, error: problem.replaceAll(/\s+/g, ' ').trim() };
}
