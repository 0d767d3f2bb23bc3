import type { ScenarioNode } from './scenario-node.js';
import type { Expectation, Invariants } from './scenario.types.js';
import { parseStatus } from './status-parser.js';

export interface ParsedExpectations {
  readonly expectations: readonly Expectation[];
  readonly invariants: Invariants;
}

/** Undefined: any name will do. */
type ToolNames = readonly string[] | undefined;

type Entry = Expectation | { readonly kind: 'invariant'; readonly name: keyof Invariants; readonly holds: boolean };

const KINDS = [
  'heard',
  'never',
  'order',
  'startsAfter',
  'reply',
  'context',
  'interrupted',
  'ended',
  'notOverCaller',
  'toolCallsAnswered',
];

/** Reads `expect`: a list with one expectation each. */
export function parseExpectations(node: ScenarioNode, toolNames: ToolNames): ParsedExpectations {
  const entries = node.optional((n) => n.list('a list of expectations', (item) => parseEntry(item, toolNames)), []);
  const invariants = { notOverCaller: true, toolCallsAnswered: true };
  const expectations: Expectation[] = [];
  for (const entry of entries) {
    if (entry === undefined) continue;
    if (entry.kind === 'invariant') invariants[entry.name] = entry.holds;
    else expectations.push(entry);
  }
  return { expectations, invariants };
}

function parseEntry(node: ScenarioNode, toolNames: ToolNames): Entry | undefined {
  if (!node.at('heard').missing) return parseHeard(node, toolNames);
  if (!node.at('never').missing) return { ...heard(node.mapping(['never', 'from']), 'never', toolNames), times: 0 };
  if (!node.at('reply').missing) return parseReply(node.mapping(['reply']).at('reply'), toolNames);
  if (!node.at('context').missing) {
    return { kind: 'context', text: matcher(node.mapping(['context']).at('context')) };
  }
  if (!node.at('interrupted').missing) {
    const times = node.mapping(['interrupted', 'times']).at('times').optional(parseTimes, undefined);
    return { kind: 'interrupted', text: matcher(node.at('interrupted')), times };
  }
  if (!node.at('order').missing) return parseOrder(node.mapping(['order']).at('order'));
  if (!node.at('startsAfter').missing) return parseStartsAfter(node.mapping(['startsAfter']).at('startsAfter'));
  if (!node.at('ended').missing) {
    return { kind: 'ended', reason: node.mapping(['ended']).at('ended').string('an endedReason') };
  }
  for (const name of ['notOverCaller', 'toolCallsAnswered'] as const) {
    if (!node.at(name).missing) return { kind: 'invariant', name, holds: node.mapping([name]).at(name).boolean() };
  }
  return node.fail(`a mapping with one of ${KINDS.join(', ')}`);
}

function parseHeard(node: ScenarioNode, toolNames: ToolNames): Expectation {
  node.mapping(['heard', 'withinMs', 'since', 'times', 'never', 'from']);
  const never = node.at('never').optional((n) => n.boolean(), false);
  const expectation = heard(node, 'heard', toolNames);
  return never ? { ...expectation, times: 0 } : expectation;
}

function heard(node: ScenarioNode, key: string, toolNames: ToolNames): Expectation & { kind: 'heard' } {
  return {
    kind: 'heard',
    text: matcher(node.at(key)),
    from: node.at('from').optional((n) => n.oneOf(['injected', 'assistant']), 'injected'),
    times: node.at('times').optional(parseTimes, 1),
    withinMs: node.at('withinMs').optional((n) => n.ms(), undefined),
    since: node.at('since').optional((n) => toolName(n, toolNames), undefined),
  };
}

function parseTimes(node: ScenarioNode): number {
  return node.number('a whole number (0 or more)', { integer: true });
}

function parseOrder(node: ScenarioNode): Expectation {
  const texts = node.list('a list of texts, in the order they are to be heard', matcher);
  if (Array.isArray(node.value) && texts.length < 2) node.fail('at least two texts');
  return { kind: 'order', texts };
}

function parseStartsAfter(node: ScenarioNode): Expectation {
  node.mapping(['text', 'since', 'afterMs', 'withinMs']);
  return {
    kind: 'starts-after',
    text: matcher(node.at('text')),
    since: node.at('since').oneOf(['callerStopped', 'assistantStopped', 'toolCall']),
    afterMs: node.at('afterMs').optional((n) => n.ms(), 0),
    withinMs: node.at('withinMs').optional((n) => n.ms(), undefined),
  };
}

function parseReply(node: ScenarioNode, toolNames: ToolNames): Expectation {
  node.mapping(['tool', 'status', 'result', 'error']);
  return {
    kind: 'reply',
    tool: node.at('tool').optional((n) => toolName(n, toolNames), undefined),
    status: node.at('status').optional(parseStatus, undefined),
    result: node.at('result').optional(matcher, undefined),
    error: node.at('error').optional(matcher, undefined),
  };
}

/** A text to be contained, or `/a regular expression/flags`, which has to compile. */
function matcher(node: ScenarioNode): string {
  const text = node.string('a text, or /a regular expression/');
  const expression = /^\/(.+)\/([a-z]*)$/s.exec(text);
  if (expression === null) return text;
  try {
    new RegExp(expression[1] ?? '', expression[2]);
  } catch {
    node.fail('a regular expression that compiles');
  }
  return text;
}

function toolName(node: ScenarioNode, toolNames: ToolNames): string {
  const name = node.string('the name of a tool');
  if (name !== '' && toolNames?.includes(name) === false)
    node.fail(`a tool of this scenario (${toolNames.join(', ')})`);
  return name;
}
