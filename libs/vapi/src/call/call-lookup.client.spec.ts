import { afterEach, describe, expect, it } from '@jest/globals';
import { FIXTURE_CALL_ID, FIXTURE_CONTROL_URL, phoneCall, startFixtureServer } from '../testing.js';
import type { FixtureHandler, FixtureServer } from '../testing.js';
import { CallLookup } from './call-lookup.client.js';
import type { CallLookupSettings } from './call-lookup.types.js';

const cleanUps: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

async function serve(handler: FixtureHandler): Promise<FixtureServer> {
  const server = await startFixtureServer(handler);
  cleanUps.push(() => server.close());
  return server;
}

function lookupAt(baseUrl: string, settings: Partial<CallLookupSettings> = {}): CallLookup {
  const lookup = new CallLookup({ apiKey: 'sk_private', baseUrl, timeoutMs: 2_000, ...settings });
  cleanUps.push(() => lookup.close());
  return lookup;
}

const answer =
  (status: number, body: unknown = {}): FixtureHandler =>
  (response) =>
    response.writeHead(status).end(typeof body === 'string' ? body : JSON.stringify(body));

describe('CallLookup', () => {
  it('finds a live call', async () => {
    const server = await serve(answer(200, phoneCall({ status: 'in-progress' })));
    await expect(lookupAt(server.origin).get(FIXTURE_CALL_ID)).resolves.toEqual({
      kind: 'found',
      status: 'in-progress',
      controlUrl: FIXTURE_CONTROL_URL,
    });
    expect(server.requests).toMatchObject([{ method: 'GET', path: `/call/${FIXTURE_CALL_ID}`, body: '' }]);
    expect(server.requests[0]?.headers).toMatchObject({ authorization: 'Bearer sk_private', connection: 'close' });
  });

  it('finds a call that is over', async () => {
    const call = phoneCall({ status: 'ended', endedReason: 'customer-ended-call', monitor: {} });
    const server = await serve(answer(200, call));
    await expect(lookupAt(`${server.origin}/base/`).get(FIXTURE_CALL_ID)).resolves.toEqual({
      kind: 'found',
      status: 'ended',
      endedReason: 'customer-ended-call',
    });
    expect(server.requests[0]?.path).toBe(`/base/call/${FIXTURE_CALL_ID}`);
  });

  it.each([
    ['deletion-failed', { kind: 'found', status: 'unknown' }],
    ['on-the-moon', { kind: 'found', status: 'unknown' }],
    ['not-found', { kind: 'not-found' }],
  ])('reads the status %s', async (status, result) => {
    const server = await serve(answer(200, { id: FIXTURE_CALL_ID, status, monitor: null, endedReason: null }));
    await expect(lookupAt(server.origin).get(FIXTURE_CALL_ID)).resolves.toEqual(result);
  });

  it.each([
    [302, {}, { kind: 'unavailable', retryable: false, problem: 'api-redirect' }],
    [400, {}, { kind: 'unavailable', retryable: false, problem: 'api-refused' }],
    [401, {}, { kind: 'unavailable', retryable: false, problem: 'api-auth' }],
    [403, {}, { kind: 'unavailable', retryable: false, problem: 'api-auth' }],
    [404, {}, { kind: 'not-found' }],
    [429, {}, { kind: 'unavailable', retryable: true, problem: 'api-throttled' }],
    [500, {}, { kind: 'unavailable', retryable: true, problem: 'api-failing' }],
    [503, {}, { kind: 'unavailable', retryable: true, problem: 'api-failing' }],
    [200, '<html>maintenance</html>', { kind: 'unavailable', retryable: true, problem: 'api-unreadable' }],
    [200, [], { kind: 'unavailable', retryable: true, problem: 'api-unreadable' }],
    [200, { id: FIXTURE_CALL_ID }, { kind: 'unavailable', retryable: true, problem: 'api-unreadable' }],
  ])('makes of %i %j what it is', async (status, body, result) => {
    const server = await serve(answer(status, body));
    await expect(lookupAt(server.origin).get(FIXTURE_CALL_ID)).resolves.toEqual(result);
    expect(server.requests).toHaveLength(1);
  });

  it('reads a call of several megabytes, and none without end', async () => {
    const transcript = 'x'.repeat(4 * 1024 * 1024);
    const large = await serve(answer(200, { status: 'in-progress', transcript }));
    await expect(lookupAt(large.origin).get(FIXTURE_CALL_ID)).resolves.toMatchObject({ kind: 'found' });
    const endless = await serve(answer(200, { status: 'in-progress', transcript: transcript.repeat(3) }));
    await expect(lookupAt(endless.origin).get(FIXTURE_CALL_ID)).resolves.toEqual({
      kind: 'unavailable',
      retryable: false,
      problem: 'api-unreadable',
    });
  });

  it('gives up on a body that does not end in time', async () => {
    const server = await serve((response) => response.writeHead(200).write('{"status":'));
    const started = performance.now();
    await expect(lookupAt(server.origin, { timeoutMs: 150 }).get(FIXTURE_CALL_ID)).resolves.toEqual({
      kind: 'unavailable',
      retryable: true,
      problem: 'api-unreachable',
    });
    expect(performance.now() - started).toBeLessThan(2_000);
  });

  it('says so when nobody is there', async () => {
    const server = await startFixtureServer(() => undefined);
    await server.close();
    await expect(lookupAt(server.origin).get(FIXTURE_CALL_ID)).resolves.toEqual({
      kind: 'unavailable',
      retryable: true,
      problem: 'api-unreachable',
    });
  });

  it('ends with its signal', async () => {
    const controller = new AbortController();
    const server = await serve(() => {
      controller.abort();
    });
    const result = await lookupAt(server.origin).get(FIXTURE_CALL_ID, { signal: controller.signal });
    expect(result).toMatchObject({ kind: 'unavailable', problem: 'api-unreachable' });
  });

  it.each(['', '..', 'a/b', '?', 'a b', 'a%2F', 'x'.repeat(129)])('asks nothing for the id %j', async (callId) => {
    const server = await serve(answer(200, phoneCall({ status: 'in-progress' })));
    await expect(lookupAt(server.origin).get(callId)).resolves.toEqual({
      kind: 'unavailable',
      retryable: false,
      problem: 'unsafe-call-id',
    });
    expect(server.requests).toHaveLength(0);
  });

  it.each([
    [{ apiKey: 'sk private' }, 'apiKey must be a key without spaces or line breaks'],
    [{ baseUrl: 'api.vapi.ai' }, 'baseUrl must be an http or https URL'],
    [{ baseUrl: 'https://sk@api.vapi.ai' }, 'baseUrl must be'],
    [{ baseUrl: 'https://api.vapi.ai?x' }, 'baseUrl must be'],
    [{ baseUrl: 'ftp://api.vapi.ai' }, 'baseUrl must be'],
    [{ timeoutMs: 1.5 }, 'timeoutMs must be a whole number'],
  ])('refuses the settings %j', (settings, message) => {
    expect(() => new CallLookup({ apiKey: 'sk_private', ...settings })).toThrow(message);
  });
});
