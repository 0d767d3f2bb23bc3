import { Buckets, CallEventNames, MAX_PARTITIONS } from '@interject/contracts';
import type { ConsumerFacts, StoreFacts } from '@interject/messaging';
import { counted } from '../../table.js';

/** What is known of an installation whose number of partitions is to be changed. */
export interface ChangeFacts {
  readonly stores: readonly Pick<StoreFacts, 'store' | 'consumers'>[];
  /** Durable consumers of TOOL_CALLS and CALL_EVENTS. */
  readonly consumers: readonly ConsumerFacts[];
  /** How many keys there are in `leases`: owners of partitions, and notifiers. */
  readonly leases: number;
  /** Calls that have begun and not ended, as far as the streams tell. */
  readonly openCalls: number;
}

/** Why the number must not be changed now, with what to do about it; nothing when it may. */
export function objections(facts: ChangeFacts): readonly string[] {
  const running = runningServices(facts);
  const left = facts.consumers.filter(({ pending, unacknowledged }) => pending + unacknowledged > 0);
  return [
    ...(running.length === 0
      ? []
      : [`${running.join(' and ')} still run: stop all services first (a reader that has gone is seen for 5 s more).`]),
    ...left.map(
      ({ consumer, pending, unacknowledged }) =>
        `${consumer} has ${counted(pending + unacknowledged, 'message')} to do: start the services again and let them end it.`,
    ),
  ];
}

/** What only a person can judge. */
export function doubts({ openCalls }: Pick<ChangeFacts, 'openCalls'>): readonly string[] {
  if (openCalls === 0) return [];
  return [
    `${counted(openCalls, 'call')} began in the last 24 hours and, as far as the streams tell, did not end: let them end ` +
      '(npm run interject -- calls), or say --force if their end was lost.',
  ];
}

/** Calls of which there is a status and no end, by the subjects of CALL_EVENTS. */
export function openCallsIn(subjects: readonly string[]): number {
  const open = new Set<string>();
  const ended = new Set<string>();
  for (const subject of subjects) {
    const [, , token = '', event] = subject.split('.');
    if (event === CallEventNames.Ended) ended.add(token);
    else open.add(token);
  }
  return [...open].filter((token) => !ended.has(token)).length;
}

/** @returns undefined for what is no number of partitions */
export function readCount(text: string): number | undefined {
  const count = /^\d{1,4}$/.test(text) ? Number(text) : 0;
  return count >= 1 && count <= MAX_PARTITIONS ? count : undefined;
}

/** Who is there, by what is read: each kind of service reads something that no other does. */
function runningServices({ stores, consumers, leases }: ChangeFacts): readonly string[] {
  const isRead = (bucket: string): boolean => stores.some((each) => each.store === bucket && each.consumers > 0);
  return [
    ...(isRead(Buckets.Tools) ? ['gateways'] : []),
    ...(isRead(Buckets.Settings) || leases > 0 ? ['notifiers'] : []),
    ...(consumers.some(({ waitingRequests }) => waitingRequests > 0) ? ['workers'] : []),
  ];
}
