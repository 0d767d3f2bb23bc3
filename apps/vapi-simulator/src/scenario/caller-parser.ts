import type { MsRange } from '../clock/random.js';
import { parseOccurrences } from './occurrences-parser.js';
import type { ScenarioNode } from './scenario-node.js';
import type { AutoReply, BargeIn, CallerTalk, StepAction } from './scenario.types.js';

/** Repeated and cut to the length that is wanted. */
const SMALL_TALK = 'and so I was saying to my neighbour that you can never quite know how long these things take, ';

/** Reads `callerTalks`: a mapping starts it, `stop` ends it. */
export function parseCallerTalks(node: ScenarioNode): StepAction {
  if (node.value === 'stop') return { kind: 'caller-talks', talk: undefined };
  if (typeof node.value === 'string') {
    return { kind: 'caller-talks', talk: node.fail('a mapping with everyMs and forMs, or stop') };
  }
  node.mapping(['everyMs', 'forMs', 'text', 'seed']);
  const talk: CallerTalk = {
    everyMs: parseRange(node.at('everyMs')),
    forMs: parseRange(node.at('forMs')),
    text: node.at('text').optional((n) => n.string(), SMALL_TALK),
    seed: node.at('seed').optional(parseSeed, 1),
  };
  return { kind: 'caller-talks', talk };
}

/** Reads `bargeIn`. */
export function parseBargeIn(node: ScenarioNode): BargeIn {
  node.mapping(['intoInjectedMs', 'forMs', 'nth', 'probability', 'text', 'seed']);
  return {
    intoInjectedMs: node.at('intoInjectedMs').ms(),
    forMs: node.at('forMs').optional((n) => n.ms(), 1_500),
    nth: parseOccurrences(node.at('nth')),
    probability: node.at('probability').optional((n) => n.number('a number from 0 to 1', { max: 1 }), 1),
    text: node.at('text').optional((n) => n.string(), 'Sorry, one moment please.'),
    seed: node.at('seed').optional(parseSeed, 1),
  };
}

/** Reads `autoReply`. */
export function parseAutoReply(node: ScenarioNode): AutoReply {
  node.mapping(['latencyMs', 'text', 'seed']);
  const text = node.at('text');
  const texts = Array.isArray(text.value)
    ? text.list('a text, or a list of texts', (n) => n.string())
    : [text.string('a text, or a list of texts')];
  if (texts.length === 0) text.fail('at least one text');
  return {
    latencyMs: node.at('latencyMs').optional(parseRange, { min: 900, max: 900 }),
    texts,
    seed: node.at('seed').optional(parseSeed, 1),
  };
}

/** Reads `1000`, or `[500, 2000]`: at least and at most so many milliseconds. */
function parseRange(node: ScenarioNode): MsRange {
  const expected = 'milliseconds, or [least, most]';
  if (!Array.isArray(node.value)) {
    const ms = node.number(expected);
    return { min: ms, max: ms };
  }
  const [min, max, ...rest] = node.list(expected, (n) => n.ms());
  if (min === undefined || max === undefined || rest.length > 0 || min > max) {
    return node.fail(`${expected}, the smaller first`, { min: 0, max: 0 });
  }
  return { min, max };
}

function parseSeed(node: ScenarioNode): number {
  return node.number('a whole number (0 or more)', { integer: true });
}
