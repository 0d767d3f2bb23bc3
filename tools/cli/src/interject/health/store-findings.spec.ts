import { describe, expect, it } from '@jest/globals';
import { Buckets, Streams } from '@interject/contracts';
import type { ConsumerFacts, StoreFacts } from '@interject/messaging';
import { consumerFindings, serverFindings, storeFindings } from './store-findings.js';

const all = [...Object.values(Streams), ...Object.values(Buckets)].map((store): StoreFacts => ({
  store,
  messages: 1,
  bytes: 10,
  limitBytes: 1000,
  isFile: true,
  replicas: 1,
  replicasBehind: 0,
  consumers: 0,
}));
const but = (store: string, over: Partial<StoreFacts>) =>
  all.map((one) => (one.store === store ? { ...one, ...over } : one));
const consumer: ConsumerFacts = {
  stream: 'TOOL_CALLS',
  consumer: 'worker-report',
  pending: 0,
  unacknowledged: 0,
  redelivered: 0,
  waitingRequests: 1,
};

describe('what health says of the stores', () => {
  it('is one line while all is well', () => {
    expect(storeFindings(all)).toEqual([{ level: 'ok', what: 'streams', text: '12 there, the fullest at 1.0 %' }]);
  });

  it.each([
    ['TOOL_CALLS', 790, []],
    ['TOOL_CALLS', 800, ['warn']],
    ['CALL_EVENTS', 950, ['fail']],
    ['FLOOR', 999, []],
  ])('tells how full %s is at %d of 1000', (store, bytes, levels) => {
    expect(storeFindings(but(store, { bytes })).flatMap(({ level }) => (level === 'ok' ? [] : [level]))).toEqual(
      levels,
    );
  });

  it('misses streams and copies', () => {
    expect(storeFindings(all.slice(1))[0]).toMatchObject({ level: 'fail', text: 'missing: TOOL_CALLS' });
    expect(storeFindings(but('leases', { replicasBehind: 1 }))[0]).toMatchObject({ level: 'warn', what: 'copies' });
  });

  it.each([
    [{}, 'ok'],
    [{ pending: 5 }, 'ok'],
    [{ pending: 5, waitingRequests: 0, unacknowledged: 100 }, 'ok'],
    [{ pending: 5, waitingRequests: 0 }, 'fail'],
    [{ pending: 1001 }, 'warn'],
  ])('judges a consumer with %j: %s', (over, level) => {
    expect(consumerFindings([{ ...consumer, ...over }])).toMatchObject([{ level }]);
  });

  it('tells of a slow server, and of a store that is nearly full', () => {
    const server = { version: '2.9.10', maxPayloadBytes: 1, roundTripMs: 300, storeBytes: 85, storeLimitBytes: 100 };
    expect(serverFindings(server).map(({ level }) => level)).toEqual(['warn', 'warn']);
    expect(serverFindings({ ...server, roundTripMs: 1, storeBytes: 1 }).map(({ level }) => level)).toEqual([
      'ok',
      'ok',
    ]);
  });
});
