import type { SpeechSettings } from '@interject/speech';
import { FixedDelayPolicy } from './policies/fixed-delay.policy.js';
import { InterjectPolicy } from './policies/interject.policy.js';
import type { PolicyFactory } from './policies/policy.types.js';
import { SendAtOncePolicy } from './policies/send-at-once.policy.js';
import { WaitForSilencePolicy } from './policies/wait-for-silence.policy.js';

export interface Contender {
  readonly name: string;
  readonly title: string;
  readonly factory: PolicyFactory;
}

/** Long enough for an answer of the assistant to begin. */
const FIXED_DELAY_MS = 3000;

export function contendersOf(settings: SpeechSettings): readonly Contender[] {
  return [
    { name: 'at-once', title: 'send at once', factory: (host) => new SendAtOncePolicy(host) },
    {
      name: 'fixed-delay',
      title: `fixed delay ${String(FIXED_DELAY_MS / 1000)} s`,
      factory: (host) => new FixedDelayPolicy(host, FIXED_DELAY_MS),
    },
    { name: 'both-silent', title: 'both silent, no bound', factory: (host) => new WaitForSilencePolicy(host) },
    oursWith(settings),
  ];
}

export function oursWith(settings: SpeechSettings): Contender {
  return { name: 'ours', title: 'interject', factory: (host) => new InterjectPolicy(host, settings) };
}
