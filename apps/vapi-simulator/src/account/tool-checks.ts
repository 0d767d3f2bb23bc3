import { isJsonObject } from '../scenario/json.types.js';
import {
  anything,
  fail,
  flag,
  inside,
  list,
  mapping,
  number,
  object,
  oneOf,
  refuseProperty,
  text,
  type Check,
} from './checks.js';
import { parametersSchema } from './schema-checks.js';
import { server } from './server-checks.js';

/** The types of tools, in the API's own order (vapi.ai/community/m/1446552777500393472) and the SDK's two more. */
const TOOL_TYPES = [
  ...['dtmf', 'endCall', 'transferCall', 'transferCancel', 'transferSuccessful', 'handoff', 'output', 'voicemail'],
  ...['query', 'sms', 'function', 'mcp', 'apiRequest', 'code', 'bash', 'computer', 'textEditor'],
  ...['google.calendar.event.create', 'google.calendar.availability.check', 'google.sheets.row.append'],
  ...['slack.message.send', 'gohighlevel.calendar.event.create', 'gohighlevel.calendar.availability.check'],
  ...['gohighlevel.contact.create', 'gohighlevel.contact.get', 'make', 'ghl', 'knowledgeBase', 'sipRequest'],
];

/** Fields of every kind of message a tool may say. */
const spoken = { contents: list(mapping), content: text({ maxLength: 1_000 }), conditions: list(mapping) };
const closing = { ...spoken, role: oneOf(['assistant', 'system']), endCallAfterSpokenEnabled: flag };

const MESSAGES: Readonly<Record<string, Check>> = {
  'request-start': object({ required: { type: anything }, optional: { ...spoken, blocking: flag } }),
  'request-complete': object({ required: { type: anything }, optional: closing }),
  'request-failed': object({ required: { type: anything }, optional: closing }),
  'request-response-delayed': object({
    required: { type: anything },
    optional: { ...spoken, timingMilliseconds: number({ min: 100, max: 120_000 }) },
  }),
};

/** The types of messages that are played as what they are; any other becomes `request-failed`. */
export const MESSAGE_TYPES: readonly string[] = Object.keys(MESSAGES);

/** A type nobody knows is no error: it becomes `request-failed` (VapiAI/gitops, docs/learnings/tools.md). */
const message: Check = (value, place) => {
  if (!isJsonObject(value)) return fail(place, 'must be an object');
  const type = value['type'];
  if (typeof type !== 'string') return fail(inside(place, 'type'), 'must be a string');
  const check = Object.hasOwn(MESSAGES, type) ? MESSAGES[type] : undefined;
  if (check !== undefined) return check(value, place);
  const { content } = value;
  return { type: 'request-failed', ...(typeof content === 'string' ? { content } : {}) };
};

const functionDefinition: Check = object({
  required: { name: text({ pattern: /^[a-zA-Z0-9_-]{1,64}$/ }) },
  optional: { description: text(), parameters: parametersSchema, strict: flag },
});

/** A function tool's properties, none of them required: a tool without a server uses the assistant's. */
const FUNCTION_TOOL: Readonly<Record<string, Check>> = {
  async: flag,
  function: functionDefinition,
  messages: list(message),
  server,
  parameters: list(object({ required: { key: text(), value: anything } })),
  variableExtractionPlan: mapping,
  rejectionPlan: mapping,
};

const createFunctionTool = object({ required: { type: oneOf(TOOL_TYPES) }, optional: FUNCTION_TOOL });
const updateFunctionTool = object({ optional: FUNCTION_TOOL });

/** The body of `POST /tool`. Tools of other types than `function` are stored unread. */
export const createTool: Check = (value, place) => {
  const isOther = isJsonObject(value) && value['type'] !== 'function' && isToolType(value['type']);
  return isOther ? value : createFunctionTool(value, place);
};

/** The body of `PATCH /tool/:id`, for a tool of this type. */
export function updateTool(type: unknown): Check {
  return (value, place) => {
    if (!isJsonObject(value)) return fail(place, 'must be an object');
    const { type: given, ...rest } = value;
    if (given !== undefined && place.quirks.patchType === 'refuse') refuseProperty(place, 'type');
    return type === 'function' ? updateFunctionTool(rest, place) : rest;
  };
}

function isToolType(type: unknown): boolean {
  return typeof type === 'string' && TOOL_TYPES.includes(type);
}
