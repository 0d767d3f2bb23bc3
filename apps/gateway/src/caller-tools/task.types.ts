/**
 * How far a task is, for its caller: `waiting`: done, and not announced yet; `unsaid`: done, and its announcement was
 * dropped; `finished`: done, and there was nothing to say.
 */
export type TaskState = 'running' | 'stopping' | 'waiting' | 'announced' | 'unsaid' | 'cancelled' | 'finished';

/** A tool call as its caller sees it. */
export interface Task {
  /** Place among all tool calls of the call, from 1: it stays the same when one of them ends. */
  readonly number: number;
  readonly toolCallId: string;
  /** Name of the tool. */
  readonly tool: string;
  /** How a caller would call it. */
  readonly title: string;
  readonly state: TaskState;
  /** Milliseconds since it was asked for. */
  readonly ageMs: number;
  /** Words of its last progress report; private. */
  readonly progress?: string;
}
