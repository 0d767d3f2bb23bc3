import { DEFAULT_CONTROL_ANSWERS, parseControlAnswers } from './control-answers-parser.js';
import type { ScenarioNode } from './scenario-node.js';
import type { Behaviour, IdleMessagePlan } from './scenario.types.js';
import type { BackoffPlan } from './stored.types.js';
import { parseStatus } from './status-parser.js';

/** The measured or documented numbers of VAPI.md sections 1.4, 2 and 4. */
export const DEFAULT_BEHAVIOUR: Behaviour = {
  renderMs: 350,
  characterMs: 65,
  minimumSpeechMs: 600,
  speechUpdateLagMs: 55,
  controlLatencyMs: 0,
  endedLagMs: 1_580,
  endReportLagMs: 1_300,
  silenceTimeoutMs: 30_000,
  maxDurationMs: 600_000,
  interruptionsEnabled: true,
  cutWhenCallerSpeaks: false,
  control: DEFAULT_CONTROL_ANSWERS,
  asyncResultSpoken: false,
  repeatsWithoutPlan: 0,
  speechStartedForSay: false,
  retranscribeSay: true,
  idleMessages: undefined,
  modelReply: '{{content}}',
  modelLatencyMs: 900,
};

/** Vapi's own default is no plan; ours retries, as every deployment of this product is told to configure. */
export const DEFAULT_BACKOFF: BackoffPlan = {
  type: 'exponential',
  maxRetries: 5,
  baseDelaySeconds: 1,
  excludedStatusCodes: [],
};

/** The short forms of `control.success` and `control.ended`. */
const STATUS_KEYS = ['acceptedStatus', 'refusedStatus'];

/** Reads `behaviour`. */
export function parseBehaviour(node: ScenarioNode): Behaviour {
  if (node.missing) return DEFAULT_BEHAVIOUR;
  node.mapping([...Object.keys(DEFAULT_BEHAVIOUR), ...STATUS_KEYS]);
  const base = DEFAULT_BEHAVIOUR;
  const ms = (key: keyof Behaviour, otherwise: number): number => node.at(key).optional((n) => n.ms(), otherwise);
  const flag = (key: keyof Behaviour, otherwise: boolean): boolean =>
    node.at(key).optional((n) => n.boolean(), otherwise);
  return {
    renderMs: ms('renderMs', base.renderMs),
    characterMs: ms('characterMs', base.characterMs),
    minimumSpeechMs: ms('minimumSpeechMs', base.minimumSpeechMs),
    speechUpdateLagMs: ms('speechUpdateLagMs', base.speechUpdateLagMs),
    controlLatencyMs: ms('controlLatencyMs', base.controlLatencyMs),
    endedLagMs: ms('endedLagMs', base.endedLagMs),
    endReportLagMs: ms('endReportLagMs', base.endReportLagMs),
    silenceTimeoutMs: ms('silenceTimeoutMs', base.silenceTimeoutMs),
    maxDurationMs: ms('maxDurationMs', base.maxDurationMs),
    interruptionsEnabled: flag('interruptionsEnabled', base.interruptionsEnabled),
    cutWhenCallerSpeaks: flag('cutWhenCallerSpeaks', base.cutWhenCallerSpeaks),
    control: parseControlAnswers(
      node.at('control'),
      node.at('acceptedStatus').optional(parseStatus, 200),
      node.at('refusedStatus').optional(parseStatus, 400),
    ),
    asyncResultSpoken: flag('asyncResultSpoken', base.asyncResultSpoken),
    repeatsWithoutPlan: node
      .at('repeatsWithoutPlan')
      .optional((n) => n.number('a whole number from 0 to 10', { max: 10, integer: true }), base.repeatsWithoutPlan),
    speechStartedForSay: flag('speechStartedForSay', base.speechStartedForSay),
    retranscribeSay: flag('retranscribeSay', base.retranscribeSay),
    idleMessages: node.at('idleMessages').optional(parseIdleMessages, base.idleMessages),
    modelReply: node
      .at('modelReply')
      .optional(
        (n) => (typeof n.value === 'string' ? n.value : n.fail('a text, empty for no reply', '')),
        base.modelReply,
      ),
    modelLatencyMs: ms('modelLatencyMs', base.modelLatencyMs),
  };
}

function parseIdleMessages(node: ScenarioNode): IdleMessagePlan {
  node.mapping(['texts', 'afterMs', 'max']);
  const texts = node.at('texts').list('a list of texts', (n) => n.string());
  if (texts.length === 0) node.at('texts').fail('at least one text');
  return {
    texts,
    afterMs: node.at('afterMs').optional((n) => n.ms(), 10_000),
    max: node.at('max').optional((n) => n.number('a whole number from 1', { min: 1, integer: true }), 3),
  };
}

/** Reads `backoffPlan`: a mapping, or `none`. */
export function parseBackoffPlan(node: ScenarioNode): BackoffPlan | undefined {
  if (node.missing) return DEFAULT_BACKOFF;
  if (node.value === 'none') return undefined;
  node.mapping(Object.keys(DEFAULT_BACKOFF));
  return {
    type: node.at('type').optional((n) => n.oneOf(['fixed', 'exponential']), DEFAULT_BACKOFF.type),
    maxRetries: node
      .at('maxRetries')
      .optional((n) => n.number('a whole number from 0 to 10', { max: 10, integer: true }), DEFAULT_BACKOFF.maxRetries),
    baseDelaySeconds: node
      .at('baseDelaySeconds')
      .optional((n) => n.number('a number of seconds from 0 to 10', { max: 10 }), DEFAULT_BACKOFF.baseDelaySeconds),
    excludedStatusCodes: node
      .at('excludedStatusCodes')
      .optional((n) => n.list('a list of HTTP statuses', parseStatus), DEFAULT_BACKOFF.excludedStatusCodes),
  };
}
