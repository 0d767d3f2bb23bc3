import type { StreamConfig } from 'nats';
import { revisionOf, TOPOLOGY_REVISION } from './topology.js';
import type { StreamShape } from './topology.js';

/** What is to be done with a stream that is there. */
export type StreamChange =
  | { readonly kind: 'none'; readonly isAbove: boolean }
  | { readonly kind: 'update'; readonly config: StreamConfig; readonly isAbove: boolean }
  /** JetStream cannot change it in place. */
  | { readonly kind: 'impossible'; readonly field: 'storage' | 'retention' };

/**
 * Compares a stream with what a service wants. Services of several versions and settings run at once during a roll-out, and
 * each does this at its start and after every reconnect, so it must come to the same whoever is last: sizes and copies only
 * grow (and nats-server 2.9 would delete what a smaller limit does not hold), everything else follows the newest revision.
 * `isAbove`: the stream keeps more than was asked for.
 */
export function streamChange(installed: StreamConfig, wanted: StreamShape): StreamChange {
  for (const field of ['storage', 'retention'] as const)
    if (installed[field] !== wanted[field]) return { kind: 'impossible', field };
  const isNewer = revisionOf(installed) > TOPOLOGY_REVISION;
  const config: StreamConfig = {
    ...installed,
    ...(isNewer ? {} : wanted),
    max_bytes: larger(installed.max_bytes, wanted.max_bytes),
    num_replicas: Math.max(installed.num_replicas, wanted.num_replicas),
  };
  const isAbove = config.max_bytes !== wanted.max_bytes || config.num_replicas !== wanted.num_replicas;
  const differs = Object.entries(config).some(
    ([field, value]) => JSON.stringify(installed[field as keyof StreamConfig]) !== JSON.stringify(value),
  );
  return differs ? { kind: 'update', config, isAbove } : { kind: 'none', isAbove };
}

/** The same by an operator's word: sizes and copies become what is asked for, smaller ones too. */
export function exactChange(installed: StreamConfig, wanted: StreamShape): StreamChange {
  const change = streamChange(installed, wanted);
  if (change.kind === 'impossible' || !change.isAbove) return change;
  const base = change.kind === 'update' ? change.config : installed;
  const { max_bytes, num_replicas } = wanted;
  return { kind: 'update', config: { ...base, max_bytes, num_replicas }, isAbove: false };
}

/** -1 is without limit. */
function larger(one: number, other: number): number {
  return one < 0 || other < 0 ? -1 : Math.max(one, other);
}
