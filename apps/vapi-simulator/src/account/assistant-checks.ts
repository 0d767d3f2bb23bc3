import { isJsonObject } from '../scenario/json.types.js';
import { anything, fail, flag, inside, number, object, text, texts, type Check } from './checks.js';
import { server } from './server-checks.js';

/** What an assistant may have told to its server (server-sdk 2.0.1, AssistantServerMessagesItem). */
const SERVER_MESSAGES = [
  ...['assistant.started', 'assistant.speechStarted', 'conversation-update', 'end-of-call-report', 'function-call'],
  ...['hang', 'language-changed', 'language-change-detected', 'model-output', 'phone-call-control', 'speech-update'],
  ...['status-update', 'transcript', 'transcript[transcriptType="final"]', 'tool-calls'],
  ...['transfer-destination-request', 'handoff-destination-request', 'transfer-update', 'user-interrupted'],
  ...['voice-input', 'chat.created', 'chat.deleted', 'session.created', 'session.updated', 'session.deleted'],
  ...['call.deleted', 'call.delete.failed', 'call.artifact.upload'],
];

/** What is sent when an assistant has no `serverMessages` (VAPI.md 4). */
export const DEFAULT_SERVER_MESSAGES: readonly string[] = [
  ...['conversation-update', 'end-of-call-report', 'function-call', 'hang', 'speech-update', 'status-update'],
  ...['tool-calls', 'transfer-destination-request', 'handoff-destination-request', 'user-interrupted'],
  'assistant.started',
];

/** Properties of an assistant that are not looked into. */
const UNREAD = [
  ...['transcriber', 'voice', 'firstMessage', 'firstMessageInterruptionsEnabled', 'firstMessageMode'],
  ...['voicemailDetection', 'clientMessages', 'backgroundSound', 'modelOutputInMessagesEnabled'],
  ...['transportConfigurations', 'observabilityPlan', 'credentials', 'hooks', 'voicemailMessage', 'endCallMessage'],
  ...['endCallPhrases', 'compliancePlan', 'metadata', 'backgroundSpeechDenoisingPlan', 'analysisPlan'],
  ...['artifactPlan', 'startSpeakingPlan', 'stopSpeakingPlan', 'credentialIds', 'keypadInputPlan'],
];

/** A partial model is refused (VAPI.md 5); apart from that each provider has fields of its own. */
const model: Check = (value, place) => {
  if (!isJsonObject(value)) return fail(place, 'must be an object');
  for (const name of ['provider', 'model']) text()(value[name], inside(place, name));
  if (value['toolIds'] !== undefined) texts()(value['toolIds'], inside(place, 'toolIds'));
  return value;
};

/** The body of `POST /assistant` and `PATCH /assistant/:id`: nothing is required. */
export const assistantBody: Check = object({
  optional: {
    ...Object.fromEntries(UNREAD.map((name) => [name, anything])),
    name: text({ maxLength: 40 }),
    model,
    server,
    serverMessages: texts(SERVER_MESSAGES),
    silenceTimeoutSeconds: number({ min: 10, max: 3_600 }),
    maxDurationSeconds: number({ min: 10, max: 43_200 }),
    monitorPlan: object({
      optional: {
        listenEnabled: flag,
        listenAuthenticationEnabled: flag,
        controlEnabled: flag,
        controlAuthenticationEnabled: flag,
        monitorIds: texts(),
      },
    }),
  },
});
