import { parseCallerTalks } from './caller-parser.js';
import type { ScenarioNode } from './scenario-node.js';
import type { Step, StepAction, ToolCallPlan } from './scenario.types.js';
import { parseShape } from './shape-parser.js';
import type { Shape } from './shape.types.js';
import { parseStatus } from './status-parser.js';

/** What a step may refer to. */
export interface StepContext {
  readonly shape: Shape;
  readonly deliver: number;
  /** Undefined: any name will do. */
  readonly toolNames: readonly string[] | undefined;
}

interface ActionParser {
  /** Keys that may stand beside the action's own. */
  readonly options: readonly string[];
  readonly parse: (node: ScenarioNode, step: ScenarioNode, context: StepContext) => StepAction;
}

const DEFAULT_DEADLINE_MS = 20_000;

const ACTIONS: Readonly<Record<string, ActionParser>> = {
  caller: {
    options: ['background'],
    parse: (node, step) => ({ kind: 'caller', text: node.string(), background: flag(step, 'background', false) }),
  },
  assistant: {
    options: ['background', 'interruptible'],
    parse: (node, step) => ({
      kind: 'assistant',
      text: node.string(),
      background: flag(step, 'background', false),
      interruptible: flag(step, 'interruptible', true),
    }),
  },
  toolCalls: { options: ['shape', 'deliver', 'speakResults'], parse: parseToolCalls },
  callerTalks: { options: [], parse: parseCallerTalks },
  gateway: { options: [], parse: parseGatewayRequest },
  wait: { options: [], parse: (node) => ({ kind: 'wait', ms: node.ms() }) },
  waitForHeard: { options: [], parse: parseWaitForHeard },
  waitForControl: { options: [], parse: parseWaitForControl },
  waitForSpeaking: { options: [], parse: parseWaitForSpeaking },
  status: {
    options: [],
    parse: (node) => ({ kind: 'status', status: node.oneOf(['in-progress', 'forwarding']) }),
  },
  webhook: {
    options: [],
    parse: (node) => {
      node.at('type').string('the type of the message');
      return { kind: 'webhook', message: node.json('a message with its type') };
    },
  },
  rawWebhook: { options: [], parse: (node) => ({ kind: 'raw-webhook', body: node.string('the body as a text') }) },
  hangUp: {
    options: [],
    parse: (node) => {
      if (node.value !== true) node.fail('true');
      return { kind: 'end', reason: 'customer-ended-call' };
    },
  },
  end: {
    options: [],
    parse: (node) => ({ kind: 'end', reason: node.mapping(['reason']).at('reason').string('an endedReason') }),
  },
};

/** Reads one step: exactly one action, its options, and `at` or `after`. */
export function parseStep(node: ScenarioNode, context: StepContext): Step {
  const names = Object.keys(ACTIONS);
  const given = names.filter((name) => !node.at(name).missing);
  const name = given[0];
  const action = name === undefined ? undefined : ACTIONS[name];
  const timing = {
    path: node.place,
    atMs: node.at('at').optional((n) => n.ms(), undefined),
    afterMs: node.at('after').optional((n) => n.ms(), 0),
  };
  if (name === undefined || action === undefined || given.length !== 1) {
    node.fail(`a mapping with exactly one of ${names.join(', ')}`);
    return { ...timing, action: { kind: 'wait', ms: 0 } };
  }
  node.mapping([name, ...action.options, 'at', 'after']);
  return { ...timing, action: action.parse(node.at(name), node, context) };
}

function parseToolCalls(node: ScenarioNode, step: ScenarioNode, context: StepContext): StepAction {
  const calls = node.list('a list of tool calls', (call) => parseToolCall(call, context.toolNames));
  if (Array.isArray(node.value) && calls.length === 0) node.fail('at least one tool call');
  return {
    kind: 'tool-calls',
    calls,
    shape: parseShape(step.at('shape'), context.shape),
    deliver: step.at('deliver').optional(parseDeliver, context.deliver),
    speakResults: flag(step, 'speakResults', false),
  };
}

function parseToolCall(node: ScenarioNode, toolNames: StepContext['toolNames']): ToolCallPlan {
  node.mapping(['tool', 'arguments', 'id']);
  const tool = node.at('tool').string('the name of a tool');
  if (tool !== '' && toolNames?.includes(tool) === false) {
    node.at('tool').fail(`a tool of this scenario (${toolNames.join(', ') || 'it lists none under tools'})`);
  }
  return {
    tool,
    arguments: node.at('arguments').optional((n) => n.json('a mapping of arguments'), {}),
    id: node.at('id').optional((n) => n.string(), undefined),
  };
}

/** Reads how often a webhook is delivered. */
export function parseDeliver(node: ScenarioNode): number {
  return node.number('a whole number from 1 to 10', { min: 1, max: 10, integer: true });
}

function parseWaitForHeard(node: ScenarioNode): StepAction {
  if (typeof node.value === 'number') {
    const count = node.number('how many utterances, from 1', { min: 1, integer: true });
    return { kind: 'wait-for-heard', text: undefined, count, withinMs: DEFAULT_DEADLINE_MS };
  }
  if (typeof node.value === 'string') {
    return { kind: 'wait-for-heard', text: node.string(), count: 1, withinMs: DEFAULT_DEADLINE_MS };
  }
  node.mapping(['text', 'count', 'withinMs']);
  return {
    kind: 'wait-for-heard',
    text: node.at('text').optional((n) => n.string(), undefined),
    count: node.at('count').optional((n) => n.number('a whole number from 1', { min: 1, integer: true }), 1),
    withinMs: node.at('withinMs').optional((n) => n.ms(), DEFAULT_DEADLINE_MS),
  };
}

function parseWaitForControl(node: ScenarioNode): StepAction {
  const whole = (n: ScenarioNode): number => n.number('a whole number from 1', { min: 1, integer: true });
  if (typeof node.value === 'number') {
    return { kind: 'wait-for-control', count: whole(node), withinMs: DEFAULT_DEADLINE_MS };
  }
  node.mapping(['count', 'withinMs']);
  return {
    kind: 'wait-for-control',
    count: node.at('count').optional(whole, 1),
    withinMs: node.at('withinMs').optional((n) => n.ms(), DEFAULT_DEADLINE_MS),
  };
}

function parseWaitForSpeaking(node: ScenarioNode): StepAction {
  if (node.value === true) return { kind: 'wait-for-speaking', text: undefined, withinMs: DEFAULT_DEADLINE_MS };
  if (typeof node.value === 'string') {
    return { kind: 'wait-for-speaking', text: node.string(), withinMs: DEFAULT_DEADLINE_MS };
  }
  node.mapping(['text', 'withinMs']);
  return {
    kind: 'wait-for-speaking',
    text: node.at('text').optional((n) => n.string(), undefined),
    withinMs: node.at('withinMs').optional((n) => n.ms(), DEFAULT_DEADLINE_MS),
  };
}

function parseGatewayRequest(node: ScenarioNode): StepAction {
  node.mapping(['method', 'path', 'body', 'status']);
  const path = node.at('path').string('a path of the gateway like /calls/{{callId}}');
  if (path !== '' && !/^\/(?!\/)/.test(path)) node.at('path').fail('a path that begins with one /');
  return {
    kind: 'gateway-request',
    method: node.at('method').optional((n) => n.oneOf(['POST', 'GET']), 'POST'),
    path,
    body: node.at('body').optional((n) => n.json('a mapping'), undefined),
    status: node.at('status').optional(parseStatus, undefined),
  };
}

function flag(step: ScenarioNode, key: string, otherwise: boolean): boolean {
  return step.at(key).optional((n) => n.boolean(), otherwise);
}
