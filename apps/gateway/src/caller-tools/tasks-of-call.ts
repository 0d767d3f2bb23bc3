import type { KnownToolCall } from '../calls/known-tool-calls.js';
import type { Task, TaskState } from './task.types.js';
import { titleOfName } from './tool-title.js';

const SAID: ReadonlySet<string> = new Set(['heard', 'answered-inline', 'unconfirmed']);
const DROPPED: ReadonlySet<string> = new Set(['interrupted', 'replaced', 'expired', 'undelivered']);

/**
 * The tasks of a call, as its caller sees them.
 *
 * @param toolCalls all of them, in the order of their requests
 * @param titleOf title of a tool that has one
 * @param now milliseconds since the epoch
 */
export function tasksOfCall(
  toolCalls: readonly KnownToolCall[],
  titleOf: (tool: string) => string | undefined,
  now: number,
): readonly Task[] {
  return toolCalls.map((toolCall, index) => {
    const { toolCallId, tool, requestedAt, progress } = toolCall;
    return {
      number: index + 1,
      toolCallId,
      tool,
      title: titleOf(tool) ?? titleOfName(tool),
      state: taskState(toolCall),
      // The clock of another gateway may be ahead.
      ageMs: Math.max(0, now - requestedAt),
      ...(progress === undefined ? {} : { progress }),
    };
  });
}

function taskState({ state, isCancelled, announcement }: KnownToolCall): TaskState {
  if (state === 'pending') return isCancelled ? 'stopping' : 'running';
  if (announcement === undefined) {
    // Of a cancelled one nothing is said, however it ended without success.
    return state === 'cancelled' || (isCancelled && state !== 'succeeded') ? 'cancelled' : 'finished';
  }
  if (SAID.has(announcement)) return 'announced';
  return DROPPED.has(announcement) ? 'unsaid' : 'waiting';
}
