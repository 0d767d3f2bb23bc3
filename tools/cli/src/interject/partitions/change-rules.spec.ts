import { describe, expect, it } from '@jest/globals';
import { doubts, objections, openCallsIn, readCount } from './change-rules.js';
import type { ChangeFacts } from './change-rules.js';

const IDLE: ChangeFacts = {
  stores: [
    { store: 'tools', consumers: 0 },
    { store: 'settings', consumers: 0 },
    { store: 'TOOL_CALLS', consumers: 3 },
  ],
  consumers: [
    {
      stream: 'TOOL_CALLS',
      consumer: 'worker-build_report',
      pending: 0,
      unacknowledged: 0,
      redelivered: 2,
      waitingRequests: 0,
    },
  ],
  leases: 0,
  openCalls: 0,
};
const [consumer] = IDLE.consumers;

function withConsumer(change: object): ChangeFacts {
  return { ...IDLE, consumers: consumer === undefined ? [] : [{ ...consumer, ...change }] };
}

describe('whether the number of partitions may be changed', () => {
  it('may when nobody runs and nothing is left to do', () => {
    expect([objections(IDLE), doubts(IDLE)]).toEqual([[], []]);
  });

  it.each<[string, ChangeFacts, string]>([
    ['a gateway', { ...IDLE, stores: [{ store: 'tools', consumers: 1 }] }, 'gateways still run'],
    ['a notifier that watches', { ...IDLE, stores: [{ store: 'settings', consumers: 1 }] }, 'notifiers still run'],
    ['a notifier by its leases', { ...IDLE, leases: 17 }, 'notifiers still run'],
    ['a worker', withConsumer({ waitingRequests: 1 }), 'workers still run'],
    ['a job that nobody has begun', withConsumer({ pending: 2 }), 'worker-build_report has 2 messages to do'],
    ['a job that was begun', withConsumer({ unacknowledged: 1 }), 'worker-build_report has 1 message to do'],
  ])('may not beside %s', (_, facts, text) => {
    expect(objections(facts)).toEqual([expect.stringContaining(text)]);
  });

  it('is doubtful while calls seem to be live', () => {
    expect(doubts({ openCalls: 1 })).toEqual([expect.stringContaining('1 call began in the last 24 hours')]);
  });

  it('knows live calls by the subjects of their events, whatever their partition', () => {
    const subjects = ['calls.0.aa.status', 'calls.0.aa.ended', 'calls.15.bb.status', 'calls.3.cc.ended'];
    expect(openCallsIn(subjects)).toBe(1);
    expect(openCallsIn([])).toBe(0);
  });

  it.each([
    ['32', 32],
    ['1', 1],
    ['256', 256],
    ['257', undefined],
    ['0', undefined],
    ['-1', undefined],
    ['1.5', undefined],
    ['1e2', undefined],
    ['', undefined],
    ['many', undefined],
  ])('reads %p', (text, count) => {
    expect(readCount(text)).toBe(count);
  });
});
