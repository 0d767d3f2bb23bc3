import type { ControlAnswers, ControlPolicy, ControlReply } from '../control/control-answers.types.js';
import { isJsonObject } from './json.types.js';
import { parseStatus } from './status-parser.js';
import type { ScenarioNode } from './scenario-node.js';

const plain = (status: number): ControlReply => ({ status, body: undefined });

/** 400 for a call that is over is what a probe of an unknown call met (VAPI.md 2.4); the others are guesses. */
export const DEFAULT_CONTROL_ANSWERS: ControlAnswers = {
  success: plain(200),
  ended: { kind: 'refuse', reply: plain(400) },
  ringing: { kind: 'refuse', reply: plain(400) },
  forwarding: { kind: 'drop' },
  missingKey: plain(401),
  wrongKey: plain(401),
};

/**
 * Reads `behaviour.control`.
 * @param accepted the answer of a success, unless it says otherwise
 * @param refused the answer for an ended call, unless it says otherwise
 */
export function parseControlAnswers(node: ScenarioNode, accepted: number, refused: number): ControlAnswers {
  const base: ControlAnswers = {
    ...DEFAULT_CONTROL_ANSWERS,
    success: plain(accepted),
    ended: { kind: 'refuse', reply: plain(refused) },
  };
  if (node.missing) return base;
  node.mapping(Object.keys(base));
  return {
    success: node.at('success').optional(parseReply, base.success),
    ended: node.at('ended').optional((n) => parsePolicy(n, ['accept-and-drop', 'hang']), base.ended),
    ringing: node.at('ringing').optional((n) => parsePolicy(n, ALL_POLICIES), base.ringing),
    forwarding: node.at('forwarding').optional((n) => parsePolicy(n, ALL_POLICIES), base.forwarding),
    missingKey: node.at('missingKey').optional(parseReply, base.missingKey),
    wrongKey: node.at('wrongKey').optional(parseReply, base.wrongKey),
  };
}

type PolicyName = 'accept-and-drop' | 'hang' | 'take-effect';

const ALL_POLICIES: readonly PolicyName[] = ['accept-and-drop', 'hang', 'take-effect'];

const POLICIES: Readonly<Record<PolicyName, ControlPolicy>> = {
  'accept-and-drop': { kind: 'drop' },
  hang: { kind: 'hang' },
  'take-effect': { kind: 'take-effect' },
};

/** A status, `{ status, body }`, or one of the names. */
function parsePolicy(node: ScenarioNode, names: readonly PolicyName[]): ControlPolicy {
  const name = names.find((known) => known === node.value);
  if (name !== undefined) return POLICIES[name];
  if (typeof node.value === 'number' || isJsonObject(node.value)) return { kind: 'refuse', reply: parseReply(node) };
  return node.fail(`an HTTP status, a mapping with status and body, ${names.join(', ')}`, { kind: 'drop' });
}

function parseReply(node: ScenarioNode): ControlReply {
  if (typeof node.value === 'number') return plain(parseStatus(node));
  node.mapping(['status', 'body']);
  return {
    status: parseStatus(node.at('status')),
    body: node.at('body').optional((n) => n.json('a mapping'), undefined),
  };
}
