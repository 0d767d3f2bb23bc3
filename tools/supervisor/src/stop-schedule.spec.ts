import { describe, expect, it } from '@jest/globals';
import { decideSignal, KILL_BROKER_AT_MS, KILL_SERVICES_AT_MS, stopSteps } from './stop-schedule.js';

describe('stopSteps', () => {
  it('stops the gateway first, then workers, then the notifier, and fits everything into 10 s', () => {
    expect(stopSteps.flatMap(({ roles }) => roles)).toEqual(['gateway', 'worker', 'notifier', 'companion']);
    const times = [...stopSteps.map(({ latestAtMs }) => latestAtMs), KILL_SERVICES_AT_MS, KILL_BROKER_AT_MS, 10_000];
    expect(times).toEqual([...times].sort((a, b) => a - b));
  });
});

describe('decideSignal', () => {
  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('stops at the first %s', (signal) => {
    expect(decideSignal(signal, undefined)).toBe('stop');
  });

  it('takes a second Ctrl-C at once for the same one, because npm forwards it', () => {
    expect(decideSignal('SIGINT', 20)).toBe('ignore');
  });

  it('kills at a later Ctrl-C', () => {
    expect(decideSignal('SIGINT', 500)).toBe('kill');
  });

  it('goes on stopping in order at further SIGTERMs', () => {
    expect(decideSignal('SIGTERM', 5_000)).toBe('ignore');
  });
});
