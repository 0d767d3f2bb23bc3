import type { ScenarioNode } from './scenario-node.js';
import type { BackoffPlan, Behaviour } from './scenario.types.js';

/** The measured or documented numbers of VAPI.md sections 1.4, 2 and 4. */
export const DEFAULT_BEHAVIOUR: Behaviour = {
  renderMs: 350,
  characterMs: 65,
  minimumSpeechMs: 600,
  speechUpdateLagMs: 55,
  endedLagMs: 1_580,
  endReportLagMs: 1_300,
  silenceTimeoutMs: 30_000,
  maxDurationMs: 600_000,
  interruptionsEnabled: true,
  cutWhenCallerSpeaks: false,
  acceptedStatus: 200,
  refusedStatus: 400,
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

/** Reads `behaviour`. */
export function parseBehaviour(node: ScenarioNode): Behaviour {
  if (node.missing) return DEFAULT_BEHAVIOUR;
  node.mapping(Object.keys(DEFAULT_BEHAVIOUR));
  const base = DEFAULT_BEHAVIOUR;
  const ms = (key: keyof Behaviour, otherwise: number): number => node.at(key).optional((n) => n.ms(), otherwise);
  const flag = (key: keyof Behaviour, otherwise: boolean): boolean =>
    node.at(key).optional((n) => n.boolean(), otherwise);
  return {
    renderMs: ms('renderMs', base.renderMs),
    characterMs: ms('characterMs', base.characterMs),
    minimumSpeechMs: ms('minimumSpeechMs', base.minimumSpeechMs),
    speechUpdateLagMs: ms('speechUpdateLagMs', base.speechUpdateLagMs),
    endedLagMs: ms('endedLagMs', base.endedLagMs),
    endReportLagMs: ms('endReportLagMs', base.endReportLagMs),
    silenceTimeoutMs: ms('silenceTimeoutMs', base.silenceTimeoutMs),
    maxDurationMs: ms('maxDurationMs', base.maxDurationMs),
    interruptionsEnabled: flag('interruptionsEnabled', base.interruptionsEnabled),
    cutWhenCallerSpeaks: flag('cutWhenCallerSpeaks', base.cutWhenCallerSpeaks),
    acceptedStatus: node.at('acceptedStatus').optional(parseStatus, base.acceptedStatus),
    refusedStatus: node.at('refusedStatus').optional(parseStatus, base.refusedStatus),
    modelReply: node
      .at('modelReply')
      .optional(
        (n) => (typeof n.value === 'string' ? n.value : n.fail('a text, empty for no reply', '')),
        base.modelReply,
      ),
    modelLatencyMs: ms('modelLatencyMs', base.modelLatencyMs),
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

/** Reads an HTTP status. */
export function parseStatus(node: ScenarioNode): number {
  return node.number('an HTTP status from 200 to 599', { min: 200, max: 599, integer: true });
}
