import type { Clock } from '../clock/clock.types.js';
import type { IdleMessagePlan } from '../scenario/scenario.types.js';
import { SilenceTimer } from './silence-timer.js';

/** The silence after which the assistant says something of its own accord, a few times in a call (VAPI.md 4). */
export function idleMessages(
  clock: Clock,
  plan: IdleMessagePlan | undefined,
  say: (text: string) => void,
): SilenceTimer {
  let said = 0;
  return new SilenceTimer(clock, plan?.afterMs ?? 0, () => {
    if (plan === undefined || said >= plan.max) return;
    said += 1;
    say(plan.texts[(said - 1) % plan.texts.length] ?? '');
  });
}
