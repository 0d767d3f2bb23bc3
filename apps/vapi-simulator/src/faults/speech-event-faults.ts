import type { Fault, FaultSwitches, OutgoingWebhook, SpeechUpdateFilter } from './faults.types.js';
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
  const isHit = speechUpdates({ role, status: 'stopped', nth });
  return { name: 'loseSpeechStopped', webhook: (webhook) => (isHit(webhook) ? { kind: 'lost' } : undefined) };
}

/** Some `speech-update`, of either status, never come. */
export function loseSpeechUpdate(filter: SpeechUpdateFilter): Fault {
  const isHit = speechUpdates(filter);
  return { name: 'loseSpeechUpdate', webhook: (webhook) => (isHit(webhook) ? { kind: 'lost' } : undefined) };
}

/** Some `speech-update` leave late, with the time they speak of: 50-250 ms is normal (VAPI.md 1.4), no order is promised. */
export function lateSpeechUpdate({ delayMs, ...filter }: NonNullable<FaultSwitches['lateSpeechUpdate']>): Fault {
  const isHit = speechUpdates(filter);
  return {
    name: 'lateSpeechUpdate',
    webhook: (webhook) => (isHit(webhook) ? { kind: 'held', holdMs: delayMs } : undefined),
  };
}

/** Some `user-interrupted` never come, come late, or come twice. */
export function userInterrupted({ delivery, delayMs, nth }: NonNullable<FaultSwitches['userInterrupted']>): Fault {
  let seen = 0;
  return {
    name: 'userInterrupted',
    webhook: ({ type }) => {
      if (type !== 'user-interrupted') return undefined;
      seen += 1;
      if (!hits(nth, seen)) return undefined;
      switch (delivery) {
        case 'lost':
          return { kind: 'lost' };
        case 'late':
          return { kind: 'held', holdMs: delayMs };
        case 'twice':
          return { kind: 'twice', againAfterMs: delayMs };
      }
    },
  };
}

/** Counts the `speech-update` that fit, and tells which of them are hit. */
function speechUpdates({ role, status, nth }: SpeechUpdateFilter): (webhook: OutgoingWebhook) => boolean {
  let seen = 0;
  return (webhook) => {
    if (webhook.type !== 'speech-update') return false;
    if (status !== 'any' && webhook.status !== status) return false;
    if (role !== 'any' && webhook.role !== role) return false;
    seen += 1;
    return hits(nth, seen);
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
