import type { CallFacts } from '../call/call-facts.js';
import type { Conversation } from '../call/conversation.js';
import { isJsonObject, type JsonObject } from '../scenario/json.types.js';
import type { Scenario } from '../scenario/scenario.types.js';
import type { StoredAssistantFacts } from '../scenario/stored.types.js';
import type { Shape } from '../scenario/shape.types.js';
import { DEFAULT_PROMPT } from './prompt.js';
import { toolDefinition, type ToolServer } from './tool-calls-message.js';

/** What the envelope of a webhook is made from. */
export interface EnvelopeSource {
  readonly facts: CallFacts;
  readonly scenario: Scenario;
  readonly conversation: Conversation;
  readonly server: ToolServer;
}

/** One webhook before its presigned URLs are added. */
export interface WebhookMessage {
  readonly type: string;
  readonly fields: JsonObject;
  readonly timestampMs: number;
  readonly shape: Shape;
}

/**
 * The `message` of one webhook (VAPI.md 1.1): the common fields and those of the type, echoing the whole prompt three
 * times and the talk so far twice.
 */
export function envelope(source: EnvelopeSource, message: WebhookMessage): JsonObject {
  const { facts, conversation } = source;
  const { shape, timestampMs } = message;
  const timestamp = shape.timestamp === 'iso' ? new Date(timestampMs).toISOString() : timestampMs;
  const common = {
    timestamp,
    type: message.type,
    ...message.fields,
    artifact: {
      messages: conversation.messages(),
      messagesOpenAIFormatted: conversation.openAiMessages(),
      variableValues: { now: facts.createdAt, customer: { number: facts.customerNumber } },
    },
    assistant: assistant(source, shape),
  };
  if (shape.chat) return pad({ ...common, chat: { id: facts.id, orgId: facts.orgId } }, shape);
  return pad(
    {
      ...common,
      call: call(source, shape),
      ...(source.scenario.callType === 'webCall'
        ? {}
        : { customer: { number: facts.customerNumber }, phoneNumber: phoneNumber(facts, shape) }),
    },
    shape,
  );
}

/** `message.call`: `status` and `updatedAt` never change after its creation (VAPI.md 1.6). */
function call({ facts, scenario }: EnvelopeSource, shape: Shape): JsonObject {
  const monitor = shape.monitor ? { monitor: { listenUrl: facts.listenUrl, controlUrl: facts.controlUrl } } : {};
  const whose = shape.squad
    ? { squad: { members: [{ assistantId: facts.assistantId }, { assistantId: facts.orgId }] } }
    : { assistantId: facts.assistantId };
  return {
    id: facts.id,
    orgId: facts.orgId,
    createdAt: facts.createdAt,
    updatedAt: facts.createdAt,
    type: scenario.callType,
    status: 'queued',
    cost: 0,
    ...monitor,
    ...whose,
    ...(scenario.callType === 'webCall'
      ? { webCallUrl: `https://calls.example.invalid/${facts.id}` }
      : {
          customer: { number: facts.customerNumber },
          phoneCallProvider: 'twilio',
          phoneCallProviderId: facts.callSid,
          transport: { provider: 'twilio', callSid: facts.callSid },
        }),
  };
}

function assistant({ facts, scenario, server }: EnvelopeSource, shape: Shape): JsonObject {
  const { url, timeoutSeconds } = server;
  const tools = scenario.tools.map((tool) => toolDefinition(tool, shape, server));
  if (scenario.assistant !== undefined) return storedAssistant(scenario.assistant, facts, tools);
  return {
    id: facts.assistantId,
    orgId: facts.orgId,
    name: scenario.name,
    createdAt: facts.createdAt,
    updatedAt: facts.createdAt,
    voice: { provider: '11labs', voiceId: 'sarah', model: 'eleven_turbo_v2_5' },
    transcriber: { provider: 'deepgram', model: 'nova-3', language: 'en' },
    model: {
      provider: 'openai',
      model: 'gpt-4o',
      messages: [{ role: 'system', content: scenario.prompt ?? DEFAULT_PROMPT }],
      tools,
    },
    firstMessageMode: 'assistant-speaks-first',
    silenceTimeoutSeconds: scenario.behaviour.silenceTimeoutMs / 1_000,
    maxDurationSeconds: scenario.behaviour.maxDurationMs / 1_000,
    serverMessages: scenario.serverMessages,
    server: { url, timeoutSeconds, ...(shape.secrets ? { secret: 'assistant-server-secret-must-not-leak' } : {}) },
  };
}

function storedAssistant(
  { id, orgId, definition }: StoredAssistantFacts,
  { createdAt }: CallFacts,
  tools: readonly JsonObject[],
): JsonObject {
  const model = isJsonObject(definition['model']) ? definition['model'] : {};
  return { id, orgId, createdAt, updatedAt: createdAt, ...definition, model: { ...model, tools } };
}

function phoneNumber(facts: CallFacts, shape: Shape): JsonObject {
  const secrets = shape.secrets
    ? { twilioAccountSid: 'AC-must-not-leak', twilioAuthToken: 'twilio-auth-token-must-not-leak' }
    : {};
  return { id: facts.orgId, number: facts.phoneNumber, provider: 'twilio', assistantId: facts.assistantId, ...secrets };
}

/** Fills the body up to the shape's size, in a place where a long talk would fill it. */
function pad(message: JsonObject & { readonly artifact: JsonObject }, shape: Shape): JsonObject {
  if (shape.bodyBytes === 0) return message;
  const missing = shape.bodyBytes - Buffer.byteLength(JSON.stringify(message));
  if (missing <= 0) return message;
  return {
    ...message,
    artifact: { ...message.artifact, transcript: 'so the caller said and '.repeat(missing / 23 + 1) },
  };
}
