export { normalizeWebhook, webhookLabel } from './webhook/normalize-webhook.js';
export type { WebhookLabel } from './webhook/normalize-webhook.js';
export { WebhookEventTypes } from './webhook/event-types.constants.js';
export type { WebhookEventType } from './webhook/event-types.constants.js';
export { MAX_ARGUMENTS_BYTES, MAX_ARGUMENTS_DEPTH } from './webhook/tool-call-arguments.js';
export { MAX_TOOL_CALLS } from './webhook/tool-call-list.js';
export { ArgumentsProblems, WebhookProblems } from './webhook/normalized-webhook.types.js';
export type {
  ArgumentsProblem,
  CallSeenWebhook,
  EndedWebhook,
  FloorWebhook,
  IgnoredWebhook,
  MalformedWebhook,
  NormalizedToolCall,
  NormalizedWebhook,
  NormalizeOptions,
  StatusWebhook,
  ToolCallArguments,
  ToolCallsWebhook,
  UnknownWebhook,
  WebhookProblem,
} from './webhook/normalized-webhook.types.js';
export { HmacAlgorithms, SignatureEncodings, WebhookRefusals } from './webhook-auth/webhook-auth.types.js';
export type {
  HeadVerdict,
  HmacAlgorithm,
  HmacPlan,
  SignatureEncoding,
  WebhookAuthenticator,
  WebhookAuthSettings,
  WebhookHead,
  WebhookRefusal,
} from './webhook-auth/webhook-auth.types.js';
export { webhookAuthProblems } from './webhook-auth/webhook-auth-problems.js';
export type { WebhookAuthProblem, WebhookAuthSetting } from './webhook-auth/webhook-auth-problems.js';
export { webhookAuthenticator } from './webhook-auth/webhook-authenticator.js';
export { ControlClient } from './control/control.client.js';
export { ControlRefusals } from './control/control-client.types.js';
export type {
  AddMessage,
  ControlClientSettings,
  ControlMessage,
  ControlOptions,
  ControlOutcome,
  ControlRefusal,
  ControlTarget,
  SayMessage,
} from './control/control-client.types.js';
export { checkControlUrl, ControlUrlProblems, parseAllowedOrigins } from './control/control-url.js';
export type { ControlUrlCheck, ControlUrlProblem } from './control/control-url.js';
export { CallLookup, DEFAULT_VAPI_BASE_URL } from './call/call-lookup.client.js';
export { CallLookupProblems } from './call/call-lookup.types.js';
export type { CallLookupProblem, CallLookupResult, CallLookupSettings } from './call/call-lookup.types.js';
export { isVapiSettingsError, VapiErrorCodes, VapiSettingsError } from './vapi-errors.js';
export type { VapiErrorCode } from './vapi-errors.js';
