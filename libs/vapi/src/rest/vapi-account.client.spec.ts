import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually, VirtualClock } from '@interject/testing';
import { startFixtureServer } from '../fixtures/fixture-server.js';
import type { FixtureHandler, FixtureServer } from '../fixtures/fixture-server.js';
import { VapiAccount } from './vapi-account.client.js';

const START = Date.UTC(2026, 0, 1);

describe('VapiAccount', () => {
  let answers: FixtureHandler[];
  let server: FixtureServer;
  let clock: VirtualClock;
  let account: VapiAccount;
  /** Virtual times of the requests, ms from the start. */
  let times: number[];
  let retries: string[];

  beforeEach(async () => {
    answers = [];
    times = [];
    clock = new VirtualClock(START);
    server = await startFixtureServer((response, request) => {
      times.push(clock.now() - START);
      const answer = answers.shift() ?? ok;
      answer(response, request);
    });
    retries = [];
    account = new VapiAccount({
      apiKey: 'sk_private',
      baseUrl: server.origin,
      clock,
      onRetry: ({ code }, waitMs) => retries.push(`${code} ${String(waitMs)}`),
    });
  });
  afterEach(async () => {
    await account.close();
    await server.close();
  });

  const ok: FixtureHandler = (response) => response.writeHead(200).end('{"id":"t1"}');
  const status =
    (code: number, headers = {}): FixtureHandler =>
    (response) =>
      response.writeHead(code, headers).end('{"message":"no"}');

  /** Moves the clock on until what was asked for is settled. */
  async function settled<T>(promise: Promise<T>): Promise<T> {
    let isDone = false;
    const watched = promise.finally(() => (isDone = true));
    watched.catch(() => undefined);
    await eventually(
      async () => {
        const next = clock.nextTimerAt();
        if (!isDone && next !== undefined) await clock.advance(next - clock.now());
        return isDone;
      },
      { intervalMs: 5 },
    );
    return watched;
  }

  it('leaves 700 ms between requests, also of those who ask at once', async () => {
    await settled(Promise.all([account.getTool('a'), account.getTool('b'), account.getAssistant('c')]));
    expect(times).toEqual([0, 700, 1400]);
    expect(server.requests.map(({ path }) => path)).toEqual(['/tool/a', '/tool/b', '/assistant/c']);
  });

  it('waits longer and longer for a throttled or failing API, or as long as it is told', async () => {
    answers = [status(429), status(503), status(429, { 'retry-after': '7' }), ok];
    await settled(account.getTool('a'));
    expect(times).toEqual([0, 2000, 6000, 13_000]);
    expect(retries).toEqual(['vapi-throttled 2000', 'vapi-failing 4000', 'vapi-throttled 7000']);
  });

  it('gives up after five more tries', async () => {
    answers = Array.from({ length: 9 }, () => status(500));
    await expect(settled(account.updateTool('a', { async: true }))).rejects.toMatchObject({ code: 'vapi-failing' });
    expect(times).toHaveLength(6);
  });

  it('does not wait for ever: whoever is told to come back in an hour is told so', async () => {
    answers = [status(429, { 'retry-after': '3600' })];
    await expect(settled(account.getTool('a'))).rejects.toMatchObject({ code: 'vapi-throttled', retryable: true });
    expect(times).toEqual([0]);
  });

  it.each([
    [429, 'vapi-throttled', false],
    [500, 'vapi-failing', true],
    [400, 'vapi-refused', false],
  ])('never sends a POST twice: %i', async (code, expected, isAmbiguous) => {
    answers = [status(code)];
    await expect(settled(account.createTool({}))).rejects.toMatchObject({ code: expected, isAmbiguous });
    expect(times).toEqual([0]);
  });

  it.each([
    [302, { location: 'https://elsewhere.example' }, 'vapi-redirect'],
    [401, {}, 'vapi-auth'],
    [404, {}, 'vapi-not-found'],
    [409, {}, 'vapi-conflict'],
    [422, {}, 'vapi-refused'],
  ])('asks once what will not change: %i', async (code, headers, expected) => {
    answers = [status(code, headers)];
    await expect(settled(account.getTool('a'))).rejects.toMatchObject({ code: expected, status: code });
    expect(times).toEqual([0]);
  });

  it('goes on after one that failed', async () => {
    answers = [status(404)];
    await expect(settled(account.getTool('a'))).rejects.toBeDefined();
    await expect(settled(account.getTool('b'))).resolves.toEqual({ id: 't1' });
  });

  it.each([['<html>'], ['{}'], ['[]'], ['']])('does not take %j for a tool', async (body) => {
    answers = [(response) => response.writeHead(200).end(body)];
    await expect(settled(account.getTool('a'))).rejects.toMatchObject({ code: 'vapi-unreadable' });
  });

  it('says so when nobody is there', async () => {
    await server.close();
    await expect(settled(account.createTool({}))).rejects.toMatchObject({
      code: 'vapi-unreachable',
      isAmbiguous: false,
    });
  });

  it('does not ask nobody again and again', async () => {
    await server.close();
    await expect(settled(account.getTool('a'))).rejects.toMatchObject({ code: 'vapi-unreachable' });
    expect(clock.now() - START).toBe(0);
    expect(retries).toEqual([]);
  });

  it.each([
    [{ apiKey: 'two words' }, 'apiKey'],
    [{ baseUrl: 'api.vapi.ai' }, 'baseUrl'],
  ])('refuses the settings %j', (settings, name) => {
    expect(() => new VapiAccount({ apiKey: 'sk', clock, ...settings })).toThrow(name);
  });
});
