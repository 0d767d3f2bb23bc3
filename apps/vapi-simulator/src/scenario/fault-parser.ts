import type { FaultSwitches } from '../faults/faults.types.js';
import { parseOccurrences } from './occurrences-parser.js';
import type { ScenarioNode } from './scenario-node.js';
import { parseStatus } from './status-parser.js';

const KEYS: readonly (keyof FaultSwitches)[] = [
  'loseSpeechStopped',
  'loseSpeechUpdate',
  'lateSpeechUpdate',
  'noSpeechEvents',
  'shedSpeechUpdates',
  'userInterrupted',
  'lateRender',
  'silentDrop',
  'controlHang',
  'controlErrors',
  'controlAuthentication',
  'reorderWebhooks',
  'endCallEarly',
];

/** Reads `faults`; every switch is off unless it is there. */
export function parseFaults(node: ScenarioNode): FaultSwitches {
  if (!node.missing) node.mapping(KEYS);
  const given = <T>(key: keyof FaultSwitches, keys: readonly string[], read: (n: ScenarioNode) => T): T | undefined =>
    node.at(key).optional((n) => read(n.mapping(keys)), undefined);
  return {
    loseSpeechStopped: given('loseSpeechStopped', ['role', 'nth'], (n) => ({
      role: n.at('role').optional((role) => role.oneOf(['any', 'assistant', 'user']), 'any'),
      nth: parseOccurrences(n.at('nth')),
    })),
    loseSpeechUpdate: given('loseSpeechUpdate', ['role', 'status', 'nth'], parseSpeechUpdates),
    lateSpeechUpdate: given('lateSpeechUpdate', ['role', 'status', 'nth', 'delayMs'], (n) => ({
      ...parseSpeechUpdates(n),
      delayMs: n.at('delayMs').ms(),
    })),
    userInterrupted: given('userInterrupted', ['delivery', 'delayMs', 'nth'], (n) => ({
      delivery: n.at('delivery').oneOf(['lost', 'late', 'twice']),
      delayMs: n.at('delayMs').optional((ms) => ms.ms(), 1_000),
      nth: parseOccurrences(n.at('nth')),
    })),
    noSpeechEvents: node.at('noSpeechEvents').optional((n) => n.boolean(), false),
    shedSpeechUpdates: given('shedSpeechUpdates', ['afterFailures'], (n) => ({
      afterFailures: n.at('afterFailures').number('a whole number from 1', { min: 1, integer: true }),
    })),
    lateRender: given('lateRender', ['delayMs', 'nth'], (n) => ({
      delayMs: n.at('delayMs').ms(),
      nth: parseOccurrences(n.at('nth')),
    })),
    silentDrop: given('silentDrop', ['nth'], (n) => ({ nth: parseOccurrences(n.at('nth')) })),
    controlHang: given('controlHang', ['forMs', 'nth', 'accepted'], (n) => ({
      forMs: n.at('forMs').optional((ms) => ms.ms(), 30_000),
      nth: parseOccurrences(n.at('nth')),
      accepted: n.at('accepted').optional((flag) => flag.boolean(), false),
    })),
    controlErrors: given('controlErrors', ['status', 'nth', 'forMs', 'accepted'], (n) => ({
      status: n.at('status').optional(parseStatus, 503),
      nth: parseOccurrences(n.at('nth')),
      forMs: n.at('forMs').optional((ms) => ms.ms(), undefined),
      accepted: n.at('accepted').optional((flag) => flag.boolean(), false),
    })),
    controlAuthentication: node.at('controlAuthentication').optional((n) => n.boolean(), false),
    reorderWebhooks: given('reorderWebhooks', ['types', 'holdMs', 'every'], (n) => ({
      types: n
        .at('types')
        .optional((t) => t.list('a list of message types', (item) => item.string()), ['speech-update']),
      holdMs: n.at('holdMs').optional((ms) => ms.ms(), 400),
      every: n.at('every').optional((e) => e.number('a whole number from 1', { min: 1, integer: true }), 2),
    })),
    endCallEarly: given('endCallEarly', ['atMs', 'afterToolCallMs', 'reason'], parseEndCallEarly),
  };
}

function parseSpeechUpdates(node: ScenarioNode): NonNullable<FaultSwitches['loseSpeechUpdate']> {
  return {
    role: node.at('role').optional((n) => n.oneOf(['any', 'assistant', 'user']), 'any'),
    status: node.at('status').optional((n) => n.oneOf(['any', 'started', 'stopped']), 'any'),
    nth: parseOccurrences(node.at('nth')),
  };
}

function parseEndCallEarly(node: ScenarioNode): NonNullable<FaultSwitches['endCallEarly']> {
  const atMs = node.at('atMs').optional((ms) => ms.ms(), undefined);
  const afterToolCallMs = node.at('afterToolCallMs').optional((ms) => ms.ms(), undefined);
  if (atMs === undefined && afterToolCallMs === undefined) node.fail('atMs or afterToolCallMs');
  return { atMs, afterToolCallMs, reason: node.at('reason').optional((r) => r.string(), 'customer-ended-call') };
}
