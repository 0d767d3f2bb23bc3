import { parseAuthentication } from './authentication-parser.js';
import { parseBackoffPlan, parseBehaviour } from './behaviour-parser.js';
import { parseAutoReply, parseBargeIn } from './caller-parser.js';
import { parseExpectations } from './expectation-parser.js';
import { parseFaults } from './fault-parser.js';
import type { ScenarioNode } from './scenario-node.js';
import type { Scenario, ScenarioTool, ToolMessage } from './scenario.types.js';
import { parseShape } from './shape-parser.js';
import { DEFAULT_SHAPE } from './shape.types.js';
import { parseDeliver, parseStep } from './step-parser.js';

/** The keys a scenario file may have. */
export const SCENARIO_KEYS = [
  'name',
  'description',
  'timeFactor',
  'vars',
  'calls',
  'startEveryMs',
  'ringMs',
  'callType',
  'prompt',
  'assistantId',
  'servers',
  'authentication',
  'serverMessages',
  'backoffPlan',
  'timeoutSeconds',
  'deliver',
  'shape',
  'behaviour',
  'faults',
  'bargeIn',
  'autoReply',
  'tools',
  'steps',
  'expect',
  'lingerMs',
] as const;

/** What the product asks Vapi to send (VAPI.md 0, point 18). */
const DEFAULT_SERVER_MESSAGES = [
  'tool-calls',
  'status-update',
  'speech-update',
  'user-interrupted',
  'end-of-call-report',
  'assistant.started',
];

/** Reads a whole scenario. Faults go to the node's sink; the result is only good when there are none. */
export function parseScenario(node: ScenarioNode): Scenario {
  node.mapping(SCENARIO_KEYS);
  const shape = parseShape(node.at('shape'), DEFAULT_SHAPE);
  const deliver = node.at('deliver').optional(parseDeliver, 1);
  const tools = node.at('tools').optional((n) => n.list('a list of tools', parseTool), []);
  const assistantId = node.at('assistantId').optional((n) => n.string('the id of an assistant'), undefined);
  // The account's tools are only known when the call is placed.
  const toolNames = assistantId === undefined ? tools.map((tool) => tool.name) : undefined;
  const steps = node.at('steps').list('a list of steps', (step) => parseStep(step, { shape, deliver, toolNames }));
  return {
    name: node.at('name').string('the name of the scenario'),
    timeFactor: node.at('timeFactor').optional(parseTimeFactor, undefined),
    calls: node.at('calls').optional((n) => n.number('a whole number from 1', { min: 1, integer: true }), 1),
    startEveryMs: node.at('startEveryMs').optional((n) => n.ms(), 0),
    ringMs: node.at('ringMs').optional((n) => n.ms(), 0),
    bargeIn: node.at('bargeIn').optional(parseBargeIn, undefined),
    autoReply: node.at('autoReply').optional(parseAutoReply, undefined),
    callType: node
      .at('callType')
      .optional((n) => n.oneOf(['webCall', 'inboundPhoneCall', 'outboundPhoneCall']), 'inboundPhoneCall'),
    prompt: node.at('prompt').optional((n) => n.string(), undefined),
    assistantId,
    servers: node.at('servers').optional((n) => n.oneOf(['stored', 'gateway']), 'stored'),
    assistant: undefined,
    authentication: parseAuthentication(node.at('authentication')),
    serverMessages: node
      .at('serverMessages')
      .optional((n) => n.list('a list of message types', (item) => item.string()), DEFAULT_SERVER_MESSAGES),
    backoffPlan: parseBackoffPlan(node.at('backoffPlan')),
    timeoutSeconds: node
      .at('timeoutSeconds')
      .optional((n) => n.number('a number of seconds from 1 to 300', { min: 1, max: 300 }), 20),
    deliver,
    shape,
    behaviour: parseBehaviour(node.at('behaviour')),
    faults: parseFaults(node.at('faults')),
    tools,
    steps,
    ...parseExpectations(node.at('expect'), toolNames),
    lingerMs: node.at('lingerMs').optional((n) => n.ms(), 3_000),
  };
}

/** Reads how much faster than real time calls run. */
function parseTimeFactor(node: ScenarioNode): number {
  return node.number('a number from 0.01 to 1000', { min: 0.01, max: 1_000 });
}

function parseTool(node: ScenarioNode): ScenarioTool {
  node.mapping(['name', 'async', 'description', 'parameters', 'messages']);
  const name = node.at('name').string('the name of the tool');
  if (name !== '' && !/^[a-zA-Z0-9_-]{1,64}$/.test(name)) node.at('name').fail('1 to 64 of a-z A-Z 0-9 _ -');
  return {
    name,
    async: node.at('async').optional((n) => n.boolean(), false),
    description: node.at('description').optional((n) => n.string(), `The tool ${name}.`),
    parameters: node.at('parameters').optional((n) => n.json('a JSON Schema'), { type: 'object', properties: {} }),
    messages: node.at('messages').optional((n) => n.list('a list of tool messages', parseToolMessage), []),
    stored: undefined,
  };
}

function parseToolMessage(node: ScenarioNode): ToolMessage {
  node.mapping(['type', 'content', 'role']);
  return {
    type: node.at('type').oneOf(['request-start', 'request-complete', 'request-response-delayed', 'request-failed']),
    content: node.at('content').string(),
    role: node.at('role').optional((n) => n.oneOf(['assistant', 'system']), 'assistant'),
  };
}
