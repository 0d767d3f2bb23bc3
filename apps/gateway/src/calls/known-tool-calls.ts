import { ToolCallOutcomes } from '@interject/contracts';
import type { ToolCallOutcome } from '@interject/contracts';
import type { CallState } from './call-query.service.js';

/** A tool call as the state of its call shows it. */
export interface KnownToolCall {
  readonly toolCallId: string;
  readonly tool: string;
  readonly state: 'pending' | ToolCallOutcome;
  /** Milliseconds since the epoch. */
  readonly requestedAt: number;
  /** Somebody asked for it to stop. */
  readonly isCancelled: boolean;
  /** Words of its last progress report; private. */
  readonly progress?: string;
  /** State of the utterance that says its result; nothing when there is none. */
  readonly announcement?: string;
}

/** The tool calls of a call, in the order of their requests. What is not understood is left out. */
export function knownToolCalls({ toolCalls, utterances }: CallState): readonly KnownToolCall[] {
  const announcements = new Map<unknown, unknown>();
  for (const { source, toolCallId, state } of records(utterances)) {
    if (source === 'result') announcements.set(toolCallId, state);
  }
  return records(toolCalls).flatMap((record) => {
    const { toolCallId, tool, requestedAt, cancelRequestedAt, progress } = record;
    const state = stateOf(record['state']);
    if (typeof toolCallId !== 'string' || typeof tool !== 'string' || state === undefined) return [];
    const announcement = announcements.get(toolCallId);
    return {
      toolCallId,
      tool,
      state,
      requestedAt: typeof requestedAt === 'number' ? requestedAt : 0,
      isCancelled: cancelRequestedAt !== undefined,
      ...(typeof progress === 'string' ? { progress } : {}),
      ...(typeof announcement === 'string' ? { announcement } : {}),
    };
  });
}

function records(list: unknown): Record<string, unknown>[] {
  if (!Array.isArray(list)) return [];
  return list.filter((each): each is Record<string, unknown> => typeof each === 'object' && each !== null);
}

function stateOf(value: unknown): KnownToolCall['state'] | undefined {
  return value === 'pending' ? value : ToolCallOutcomes.find((outcome) => outcome === value);
}
