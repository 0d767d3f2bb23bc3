import type { MsRange } from '../clock/random.js';
import type { ControlAnswers } from '../control/control-answers.types.js';
import type { FaultSwitches, Occurrences } from '../faults/faults.types.js';
import type { Authentication } from '../webhooks/authentication.types.js';
import type { JsonObject } from './json.types.js';
import type { Shape } from './shape.types.js';
import type { BackoffPlan, StoredAssistantFacts, StoredToolFacts } from './stored.types.js';

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
  /** What the account knows of it besides; undefined for a tool of the scenario's own. */
  readonly stored: StoredToolFacts | undefined;
}

/** What this simulated Vapi does where its documentation is open or a probe measured a number (VAPI.md 2, 7). */
export interface Behaviour {
  readonly renderMs: number;
  readonly characterMs: number;
  readonly minimumSpeechMs: number;
  readonly speechUpdateLagMs: number;
  /** From a POST on the control URL to its answer. */
  readonly controlLatencyMs: number;
  readonly endedLagMs: number;
  readonly endReportLagMs: number;
  readonly silenceTimeoutMs: number;
  readonly maxDurationMs: number;
  /** Whether the caller may cut a `say` that does not tell. */
  readonly interruptionsEnabled: boolean;
  /** Whether an utterance that starts while the caller already speaks is cut at once (VAPI.md 7, question 3). */
  readonly cutWhenCallerSpeaks: boolean;
  /** How POSTs on the control URL are answered (VAPI.md 7, question 1). */
  readonly control: ControlAnswers;
  /** Whether the model speaks what the webhook returned for an async tool, or never sees it (VAPI.md 7, question 2). */
  readonly asyncResultSpoken: boolean;
  /** How often a failed webhook comes again although there is no `backoffPlan` (VAPI.md 7, question 6). */
  readonly repeatsWithoutPlan: number;
  /** Whether `assistant.speechStarted` fires for a control `say`: documented so, measured not (VAPI.md 1.4). */
  readonly speechStartedForSay: boolean;
  /** Whether a control `say` stands in the history as it was heard: lower case, without punctuation (VAPI.md 2.4). */
  readonly retranscribeSay: boolean;
  readonly idleMessages: IdleMessagePlan | undefined;
  /** The model's reply to an `add-message` that triggers one; `{{content}}` is the message, empty is no reply. */
  readonly modelReply: string;
  readonly modelLatencyMs: number;
}

/** What the assistant says of its own accord into a silence; Vapi has it off by default (VAPI.md 4). */
export interface IdleMessagePlan {
  readonly texts: readonly string[];
  /** Silence before each. */
  readonly afterMs: number;
  readonly max: number;
}

/** A caller who talks at will, beside the scripted lines. */
export interface CallerTalk {
  /** Pause between the end of one and the start of the next. */
  readonly everyMs: MsRange;
  /** How long each takes. */
  readonly forMs: MsRange;
  readonly text: string;
  readonly seed: number;
}

/** A caller who cuts into injected speech. */
export interface BargeIn {
  /** From the start of the injected speech. */
  readonly intoInjectedMs: number;
  readonly forMs: number;
  /** Which injected utterances that are begun, counted from 1. */
  readonly nth: Occurrences;
  /** From 0 to 1. */
  readonly probability: number;
  readonly text: string;
  readonly seed: number;
}

/** A model that answers whatever the caller says. */
export interface AutoReply {
  /** From the end of the caller's words to the words of the model, before they are rendered. */
  readonly latencyMs: MsRange;
  /** Said in turn. */
  readonly texts: readonly string[];
  readonly seed: number;
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
  /** Undefined ends it. */
  | { readonly kind: 'caller-talks'; readonly talk: CallerTalk | undefined }
  /** A request to the gateway's API, as another system of the team would make it during the call. */
  | {
      readonly kind: 'gateway-request';
      readonly method: 'GET' | 'POST';
      /** `{{callId}}` is the call's id. */
      readonly path: string;
      readonly body: JsonObject | undefined;
      /** What must be answered; undefined is any 2xx. */
      readonly status: number | undefined;
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

/** From what the start of injected speech is measured: always the last one before it. */
export type SpeechMark = 'callerStopped' | 'assistantStopped' | 'toolCall';

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
  /** `times` undefined is at least once. */
  | { readonly kind: 'interrupted'; readonly text: string; readonly times: number | undefined }
  /** Heard one after the other; several may stand in one utterance. */
  | { readonly kind: 'order'; readonly texts: readonly string[] }
  | {
      readonly kind: 'starts-after';
      readonly text: string;
      readonly since: SpeechMark;
      readonly afterMs: number;
      readonly withinMs: number | undefined;
    }
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
  /** How long the phone rings before the call is answered; 0 is not at all. */
  readonly ringMs: number;
  readonly bargeIn: BargeIn | undefined;
  readonly autoReply: AutoReply | undefined;
  readonly callType: 'webCall' | 'inboundPhoneCall' | 'outboundPhoneCall';
  readonly prompt: string | undefined;
  /** An assistant of the account: its tools, `serverMessages` and `server` count, not the scenario's. */
  readonly assistantId: string | undefined;
  /** Whether webhooks go to the servers that the account has, or all to the gateway of the configuration. */
  readonly servers: 'stored' | 'gateway';
  /** Undefined until the account was asked, and without `assistantId`. */
  readonly assistant: StoredAssistantFacts | undefined;
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
