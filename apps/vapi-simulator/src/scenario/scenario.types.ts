import type { FaultSwitches } from '../faults/faults.types.js';
import type { Authentication } from '../webhooks/authentication.types.js';
import type { JsonObject } from './json.types.js';
import type { Shape } from './shape.types.js';

/** A message configured on a tool, as in Vapi; only verbatim assistant messages are played. */
export interface ToolMessage {
  readonly type: string;
  readonly content: string;
  readonly role: 'assistant' | 'system';
}

/** A tool as it would be configured in Vapi. */
export interface ScenarioTool {
  readonly name: string;
  readonly async: boolean;
  readonly description: string;
  readonly parameters: JsonObject;
  readonly messages: readonly ToolMessage[];
}

/** Vapi's `server.backoffPlan`; without one there are no retries. */
export interface BackoffPlan {
  readonly type: 'fixed' | 'exponential';
  readonly maxRetries: number;
  readonly baseDelaySeconds: number;
  readonly excludedStatusCodes: readonly number[];
}

/** What this simulated Vapi does where its documentation is open or a probe measured a number (VAPI.md 2, 7). */
export interface Behaviour {
  readonly renderMs: number;
  readonly characterMs: number;
  readonly minimumSpeechMs: number;
  readonly speechUpdateLagMs: number;
  readonly endedLagMs: number;
  readonly endReportLagMs: number;
  readonly silenceTimeoutMs: number;
  readonly maxDurationMs: number;
  /** Whether the caller may cut a `say` that does not tell. */
  readonly interruptionsEnabled: boolean;
  /** Whether an utterance that starts while the caller already speaks is cut at once (VAPI.md 7, question 3). */
  readonly cutWhenCallerSpeaks: boolean;
  readonly acceptedStatus: number;
  readonly refusedStatus: number;
  /** The model's reply to an `add-message` that triggers one; `{{content}}` is the message, empty is no reply. */
  readonly modelReply: string;
  readonly modelLatencyMs: number;
}

export interface ToolCallPlan {
  readonly tool: string;
  readonly arguments: JsonObject;
  readonly id: string | undefined;
}

export type StepAction =
  | { readonly kind: 'caller'; readonly text: string; readonly background: boolean }
  | {
      readonly kind: 'assistant';
      readonly text: string;
      readonly background: boolean;
      readonly interruptible: boolean;
    }
  | {
      readonly kind: 'tool-calls';
      readonly calls: readonly ToolCallPlan[];
      readonly shape: Shape;
      readonly deliver: number;
      readonly speakResults: boolean;
    }
  | { readonly kind: 'wait'; readonly ms: number }
  | {
      readonly kind: 'wait-for-heard';
      readonly text: string | undefined;
      readonly count: number;
      readonly withinMs: number;
    }
  | { readonly kind: 'wait-for-speaking'; readonly text: string | undefined; readonly withinMs: number }
  | { readonly kind: 'wait-for-control'; readonly count: number; readonly withinMs: number }
  | { readonly kind: 'status'; readonly status: 'in-progress' | 'forwarding' }
  | { readonly kind: 'webhook'; readonly message: JsonObject }
  | { readonly kind: 'raw-webhook'; readonly body: string }
  | { readonly kind: 'end'; readonly reason: string };

/** One step; `path` names it in reasons, e.g. `steps[3]`. */
export interface Step {
  readonly path: string;
  /** Not before this call time. */
  readonly atMs: number | undefined;
  /** A pause before it. */
  readonly afterMs: number;
  readonly action: StepAction;
}

export type Expectation =
  | {
      readonly kind: 'heard';
      readonly text: string;
      readonly from: 'injected' | 'assistant';
      readonly times: number;
      readonly withinMs: number | undefined;
      /** The tool whose first call starts the time; without it the first tool call of the scenario. */
      readonly since: string | undefined;
    }
  | {
      readonly kind: 'reply';
      readonly tool: string | undefined;
      readonly status: number | undefined;
      readonly result: string | undefined;
      readonly error: string | undefined;
    }
  | { readonly kind: 'context'; readonly text: string }
  | { readonly kind: 'interrupted'; readonly text: string }
  | { readonly kind: 'ended'; readonly reason: string };

/** What every call is held to unless the scenario says otherwise. */
export interface Invariants {
  readonly notOverCaller: boolean;
  readonly toolCallsAnswered: boolean;
}

export interface Scenario {
  readonly name: string;
  readonly timeFactor: number | undefined;
  readonly calls: number;
  readonly startEveryMs: number;
  readonly callType: 'webCall' | 'inboundPhoneCall' | 'outboundPhoneCall';
  readonly prompt: string | undefined;
  /** How webhooks authenticate; without it as the environment says. */
  readonly authentication: Authentication | undefined;
  readonly serverMessages: readonly string[];
  readonly backoffPlan: BackoffPlan | undefined;
  readonly timeoutSeconds: number;
  /** How often every webhook is delivered. */
  readonly deliver: number;
  readonly shape: Shape;
  readonly behaviour: Behaviour;
  readonly faults: FaultSwitches;
  readonly tools: readonly ScenarioTool[];
  readonly steps: readonly Step[];
  readonly expectations: readonly Expectation[];
  readonly invariants: Invariants;
  /** How long the caller listens on after the last step, for something said twice. */
  readonly lingerMs: number;
}
