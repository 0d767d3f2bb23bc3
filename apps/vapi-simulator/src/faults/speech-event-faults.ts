import type { Fault, FaultSwitches } from './faults.types.js';
import { hits } from './occurrences.js';

/** No speech events at all: the gateway is blind in this call. */
export function noSpeechEvents(): Fault {
  return {
    name: 'noSpeechEvents',
    webhook: ({ type }) => (type === 'speech-update' || type === 'user-interrupted' ? { kind: 'lost' } : undefined),
  };
}

/** Some `speech-update stopped` never come. */
export function loseSpeechStopped({ role, nth }: NonNullable<FaultSwitches['loseSpeechStopped']>): Fault {
  let seen = 0;
  return {
    name: 'loseSpeechStopped',
    webhook: (webhook) => {
      if (webhook.type !== 'speech-update' || webhook.status !== 'stopped') return undefined;
      if (role !== 'any' && webhook.role !== role) return undefined;
      seen += 1;
      return hits(nth, seen) ? { kind: 'lost' } : undefined;
    },
  };
}

/** After failures in a row Vapi leaves out `speech-update` until the gateway answers again (VAPI.md 0, point 10). */
export function shedSpeechUpdates({ afterFailures }: NonNullable<FaultSwitches['shedSpeechUpdates']>): Fault {
  let failures = 0;
  return {
    name: 'shedSpeechUpdates',
    gatewayAnswered: (ok) => {
      failures = ok ? 0 : failures + 1;
    },
    webhook: ({ type }) => (type === 'speech-update' && failures >= afterFailures ? { kind: 'lost' } : undefined),
  };
}
