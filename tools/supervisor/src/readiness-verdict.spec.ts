import { describe, expect, it } from '@jest/globals';
import { readinessVerdict, type ProcessReport } from './readiness-verdict.js';

const ready = (id: string, role: ProcessReport['role'], tools: string[] = []): ProcessReport => ({
  id,
  role,
  result: { kind: 'answered', status: 'ready', down: [], tools },
});

describe('readinessVerdict', () => {
  it('is ready when every process is and the gateway knows all tools', () => {
    const verdict = readinessVerdict([
      ready('gateway', 'gateway', ['a', 'b', 'left over']),
      ready('notifier', 'notifier'),
      ready('x-worker', 'worker', ['a']),
      ready('y-worker', 'worker', ['b']),
    ]);

    expect(verdict).toEqual({ ready: true, missing: [] });
  });

  it('names the processes that are not ready, and why', () => {
    const verdict = readinessVerdict([
      { id: 'gateway', role: 'gateway', result: { kind: 'unreachable' } },
      { id: 'notifier', role: 'notifier', result: { kind: 'answered', status: 'starting', down: ['nats'], tools: [] } },
      { id: 'x-worker', role: 'worker', result: { kind: 'answered', status: 'shutting_down', down: [], tools: [] } },
    ]);

    expect(verdict).toEqual({
      ready: false,
      missing: ['gateway: does not answer', 'notifier: starting (nats down)', 'x-worker: shutting_down'],
    });
  });

  it('waits until each gateway knows the tools of every worker', () => {
    const verdict = readinessVerdict([
      ready('gateway', 'gateway', ['a', 'b']),
      ready('gateway-2', 'gateway', ['b']),
      ready('x-worker', 'worker', ['a', 'b']),
    ]);

    expect(verdict).toEqual({ ready: false, missing: ['gateway-2: does not know the tools a yet'] });
  });
});
