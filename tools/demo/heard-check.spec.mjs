import { createServer } from 'node:http';
import { afterEach, describe, expect, it } from '@jest/globals';
import { askNotHeard, isSettled, notHeard } from './heard-check.mjs';

const toolCall = (state = 'succeeded') => ({ toolCallId: 'one', tool: 'find_slots', state });
const result = (/** @type {string} */ state, more = {}) => ({ source: 'result', tool: 'find_slots', state, ...more });

describe('notHeard', () => {
  it.each(['heard', 'answered-inline'])('is content with a result that is %s', (state) => {
    expect(notHeard({ toolCalls: [toolCall()], utterances: [result(state)] })).toEqual([]);
  });

  it('names each result that was not heard, and why', () => {
    const utterances = [result('undelivered', { reason: 'call-ended' }), result('unconfirmed'), result('heard')];

    expect(notHeard({ toolCalls: [toolCall(), toolCall('pending')], utterances })).toEqual([
      'find_slots: no result came',
      'find_slots: undelivered (call-ended)',
      'find_slots: unconfirmed',
    ]);
  });

  it('leaves out what is no result, and results without words', () => {
    const utterances = [{ source: 'progress', tool: 'find_slots', state: 'replaced' }];

    expect(notHeard({ toolCalls: [toolCall()], utterances })).toEqual([]);
  });
});

describe('isSettled', () => {
  it.each(['queued', 'held', 'sending', 'speaking'])('waits for a result that is %s', (state) => {
    expect(isSettled({ toolCalls: [toolCall()], utterances: [result(state)] })).toBe(false);
  });

  it('waits for a job that runs, and for nothing else', () => {
    expect(isSettled({ toolCalls: [toolCall('pending')], utterances: [] })).toBe(false);
    expect(isSettled({ toolCalls: [toolCall()], utterances: [{ source: 'filler', state: 'queued' }] })).toBe(true);
  });
});

describe('askNotHeard', () => {
  /** @type {import('node:http').Server | undefined} */
  let server;
  afterEach(() => {
    server?.close();
  });

  it('asks with the key until all is recorded', async () => {
    /** @type {(string | undefined)[]} */
    const asked = [];
    const states = ['sending', 'undelivered'];
    server = createServer((request, response) => {
      asked.push(`${request.url} ${request.headers.authorization}`);
      const state = states.shift() ?? 'undelivered';
      response.end(JSON.stringify({ toolCalls: [toolCall()], utterances: [result(state)] }));
    });
    const listening = server;
    await new Promise((done) => listening.listen(0, '127.0.0.1', () => done(undefined)));
    const address = /** @type {import('node:net').AddressInfo} */ (listening.address());

    const lines = await askNotHeard({
      gateway: `http://127.0.0.1:${address.port}`,
      apiKey: 'key',
      callIds: ['call-1'],
    });

    expect(lines).toEqual(['find_slots: undelivered']);
    expect(asked).toEqual(['/calls/call-1 Bearer key', '/calls/call-1 Bearer key']);
  });
});
