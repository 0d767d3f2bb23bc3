import { MAX_GRACE_MS, watchdogMs } from '@interject/contracts';
import type { ToolCallRequested, ToolDefinition } from '@interject/contracts';
import type { ArgumentsProblem, NormalizedToolCall } from '@interject/vapi';
import type { RegisteredTool } from '../registry/tool-catalogue.js';
import type { Disposition } from './tool-answers.js';

/** A tool call that was asked for as it should be. */
export interface FitToolCall {
  readonly event: ToolCallRequested;
  readonly tool: ToolDefinition;
}

/** Why a tool call is not taken. */
interface Refusal {
  readonly disposition: Disposition;
  /** For the model. */
  readonly problem: string;
}

/** Either an event to be stored, or what is wrong with the tool call. */
export type ToolCallDecision =
  | (FitToolCall & { readonly kind: 'store' })
  /** Nobody would run it: refused, unless it was stored before, by a webhook that this one repeats. */
  | (FitToolCall & Refusal & { readonly kind: 'no-worker' })
  | (Refusal & { readonly kind: 'refuse' });

export const NO_WORKER =
  'This cannot be done now: the system behind this tool is down. Tell the caller so, and do not call the tool again right ' +
  'away; if the caller asks for it later, it may be tried once more.';

const ARGUMENTS_PROBLEMS: Readonly<Record<ArgumentsProblem, string>> = {
  'not-json': 'The arguments are not valid JSON. Call the tool again with a JSON object.',
  'not-an-object': 'The arguments are not an object. Call the tool again with a JSON object.',
  'too-large': 'The arguments are over 256 KB. Call the tool again with less.',
  'too-deep': 'The arguments are nested too deeply. Call the tool again with a simpler object.',
  'unsafe-key': 'The arguments hold a forbidden key.',
  'too-many-tool-calls': 'Too many tool calls at once. Call this tool again on its own.',
};

/** What is known of a tool that was called. */
export type CalledTool = RegisteredTool & {
  /** False: no worker runs it, and not for want of a restart only. */
  readonly hasWorker: boolean;
};

/** Decides about one tool call of a webhook. Pure. */
export function decideToolCall(
  callId: string | undefined,
  toolCall: NormalizedToolCall,
  tool: CalledTool | undefined,
  now: number,
): ToolCallDecision {
  const decision = decideWithWorker(callId, toolCall, tool, now);
  if (tool === undefined || tool.hasWorker) return decision;
  // Better arguments would not help either.
  const refusal = refuse('no-worker', NO_WORKER);
  return decision.kind === 'refuse' ? refusal : { ...decision, ...refusal, kind: 'no-worker' };
}

function decideWithWorker(
  callId: string | undefined,
  toolCall: NormalizedToolCall,
  tool: RegisteredTool | undefined,
  now: number,
): Exclude<ToolCallDecision, { kind: 'no-worker' }> {
  if (tool === undefined) {
    return refuse(
      'unknown-tool',
      'This tool is not available at the moment. Tell the caller that it cannot be done now.',
    );
  }
  if (!toolCall.arguments.ok) return refuse('invalid-arguments', ARGUMENTS_PROBLEMS[toolCall.arguments.problem]);
  const problems = tool.validator.problems(toolCall.arguments.value);
  if (problems.length > 0) {
    return refuse(
      'invalid-arguments',
      `The arguments do not fit: ${problems.join('; ')}. Correct them and call the tool again.`,
    );
  }
  if (callId === undefined) {
    return refuse('no-live-call', 'This tool announces its result in a live call, and there is none here.');
  }
  const { definition } = tool;
  const event: ToolCallRequested = {
    callId,
    toolCallId: toolCall.toolCallId,
    tool: definition.name,
    arguments: toolCall.arguments.value,
    mode: toolCall.mode,
    requestedAt: now,
    // An answer to an async tool would be lost (VAPI.md 2.5).
    graceMs: toolCall.mode === 'sync' ? Math.min(definition.graceMs, MAX_GRACE_MS) : 0,
    queueExpiryMs: definition.queueExpiryMs,
    watchdogMs: watchdogMs(definition),
    onCallEnded: definition.onCallEnded,
    ...(definition.speech === undefined ? {} : { speech: definition.speech }),
    ...(definition.sayOnFailure === undefined ? {} : { sayOnFailure: definition.sayOnFailure }),
    ...(definition.fillers === undefined ? {} : { fillers: definition.fillers }),
  };
  return { kind: 'store', event, tool: definition };
}

function refuse(disposition: Disposition, problem: string): Refusal & { readonly kind: 'refuse' } {
  return { kind: 'refuse', disposition, problem };
}
