import type { Behaviour } from '../scenario/scenario.types.js';
import { isInjected } from '../speech/speech.types.js';
import type { ToolCallDelivery } from './answers.js';
import type { SpokenUtterance } from './utterances.js';

/** Real ms a gateway may take from the webhook to the decision whether to speak. */
const REACTION_MS = 200;

/**
 * Nothing injected may start while the caller is speaking. A caller who began so shortly before that nobody can have
 * known (webhook lag, reaction and render time) does not count, nor does what a fault rendered late.
 */
export function judgeNotOverCaller(
  utterances: readonly SpokenUtterance[],
  behaviour: Behaviour,
  timeFactor: number,
): readonly string[] {
  const toleranceMs = behaviour.speechUpdateLagMs + behaviour.renderMs + REACTION_MS * timeFactor;
  return utterances
    .filter((utterance) => isInjected(utterance.source))
    .filter(({ overCallerForMs, lateMs }) => overCallerForMs !== undefined && overCallerForMs - lateMs > toleranceMs)
    .map(({ text, overCallerForMs = 0 }) => {
      const spokeMs = Math.round(overCallerForMs);
      return `talked over the caller, who had been speaking for ${spokeMs} ms: ${JSON.stringify(text)}`;
    });
}

/** Every tool call is answered with 200 and a usable entry, and a repeat is answered alike. */
export function judgeAnswers(deliveries: readonly ToolCallDelivery[]): readonly string[] {
  const reasons = deliveries.flatMap(judgeDelivery);
  const answers = new Map<string, string>();
  for (const entry of deliveries.flatMap((delivery) => delivery.entries)) {
    if (entry.problem !== undefined) continue;
    const answer = JSON.stringify([entry.result, entry.error]);
    const first = answers.get(entry.id) ?? answer;
    answers.set(entry.id, first);
    if (first !== answer) reasons.push(`${entry.tool}: a repeat of the webhook was answered differently`);
  }
  return reasons;
}

function judgeDelivery(delivery: ToolCallDelivery): readonly string[] {
  const { tools, status, problem, attempts, entries } = delivery;
  const which = `tool calls (${tools.join(', ')})`;
  if (status !== 200) {
    const hint = status === 401 ? ': does VAPI_WEBHOOK_SECRET fit the gateway?' : '';
    return [`${which} were not accepted: ${status ?? problem ?? 'no answer'} after ${attempts} attempts${hint}`];
  }
  return entries.filter((entry) => entry.problem !== undefined).map((entry) => `${entry.tool}: ${entry.problem}`);
}
