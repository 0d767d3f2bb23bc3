import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { DEFAULT_QUIRKS } from '../account/quirks.js';
import { SimulatorBench } from '../testing/simulator-bench.js';

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
}

const TOOL = { type: 'function', function: { name: 'build_report' } };

describe("Vapi's REST API", () => {
  let bench: SimulatorBench;

  beforeEach(async () => {
    bench = await SimulatorBench.start({ privateKey: 'private' });
  });

  afterEach(() => bench.stop());

  async function ask(method: string, path: string, body?: unknown, key = 'private'): Promise<Answer> {
    const response = await fetch(`${bench.origin}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${key}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: text === '' ? undefined : JSON.parse(text) };
  }

  const created = async (): Promise<string> => ((await ask('POST', '/tool', TOOL)).body as { readonly id: string }).id;
  const script = (answer: object): Promise<Answer> => ask('POST', '/simulator/answers', answer);

  it('asks for the private key, in the words of the real one', async () => {
    for (const path of ['/tool', '/assistant', '/tool/x', '/call/x']) {
      expect(await ask('GET', path, undefined, 'public')).toMatchObject({
        status: 401,
        body: {
          message: 'Invalid Key. Hot tip, you may be using the private key instead of the public key, or vice versa.',
          error: 'Unauthorized',
          statusCode: 401,
        },
      });
    }
  });

  it('creates, lists, reads, changes and deletes tools', async () => {
    const id = await created();
    expect((await ask('PATCH', `/tool/${id}`, { async: true })).body).toMatchObject({
      async: true,
      latestVersion: 'v2',
    });
    const tool = { ...TOOL, id, async: true };
    expect(await ask('GET', `/tool/${id}`)).toMatchObject({ status: 200, body: tool });
    expect(await ask('GET', '/tool?limit=1')).toMatchObject({ status: 200, body: [tool] });
    expect(await ask('GET', '/tool?limit=0')).toMatchObject({ status: 200, body: [] });
    expect(await ask('DELETE', `/tool/${id}`)).toMatchObject({ status: 200, body: tool });
    expect((await ask('GET', `/tool/${id}`)).status).toBe(404);
  });

  it('creates, lists, reads and changes assistants', async () => {
    const { status, body } = await ask('POST', '/assistant', { name: 'Ann' });
    const { id } = body as { readonly id: string };
    expect(status).toBe(201);
    expect((await ask('PATCH', `/assistant/${id}`, { firstMessage: 'Hi.' })).status).toBe(200);
    expect((await ask('GET', `/assistant/${id}`)).body).toMatchObject({ name: 'Ann', firstMessage: 'Hi.' });
    expect((await ask('GET', '/assistant')).body).toHaveLength(1);
  });

  it('refuses as NestJS does', async () => {
    expect(await ask('POST', '/tool', { ...TOOL, typo: 1 })).toMatchObject({
      status: 400,
      body: { message: ['property typo should not exist'], error: 'Bad Request', statusCode: 400 },
    });
  });

  it('says how it was used, but not by whom looks on', async () => {
    const id = await created();
    await ask('PATCH', `/tool/${id}`, { async: true });
    await ask('PATCH', `/tool/${id}`, { type: 'function' });
    await ask('GET', '/simulator/account');
    expect((await ask('GET', '/simulator/requests')).body).toMatchObject({
      total: 3,
      counts: { 'POST /tool': 1, 'PATCH /tool/:id': 2 },
      smallestGapMs: expect.any(Number),
      requests: [
        { method: 'POST', route: '/tool', path: '/tool', status: 201, at: expect.any(Number) },
        { method: 'PATCH', route: '/tool/:id', path: `/tool/${id}`, status: 200, gapMs: expect.any(Number) },
        { status: 400 },
      ],
    });
    expect((await ask('DELETE', '/simulator/requests')).status).toBe(204);
    expect((await ask('GET', '/simulator/requests')).body).toMatchObject({ total: 0, requests: [] });
  });

  it('answers 429 with Retry-After to what comes too fast', async () => {
    await ask('PATCH', '/simulator/quirks', { minimumSpacingMs: 30_000 });
    await created();
    const answer = await ask('GET', '/tool');
    expect(answer).toMatchObject({ status: 429, body: { message: 'Too Many Requests', statusCode: 429 } });
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(25);
    await ask('PATCH', '/simulator/quirks', { minimumSpacingMs: 0 });
    expect((await ask('GET', '/tool')).body).toHaveLength(1);
  });

  it('fails as scripted, before or after it did what was asked', async () => {
    await script({ method: 'POST', route: '/tool', status: 502 });
    expect(await ask('POST', '/tool', TOOL)).toMatchObject({ status: 502, body: { error: 'Bad Gateway' } });
    expect((await ask('GET', '/tool')).body).toEqual([]);
    await script({ method: 'POST', status: 500, applied: true, body: { message: 'Oops' }, headers: { 'x-a': 'b' } });
    const failed = await ask('POST', '/tool', TOOL);
    expect(failed).toMatchObject({ status: 500, body: { message: 'Oops' } });
    expect(failed.headers.get('x-a')).toBe('b');
    expect((await ask('GET', '/tool')).body).toHaveLength(1);
    expect((await ask('GET', '/simulator/answers')).body).toEqual({ left: 0 });
  });

  it.each([false, true])('drops the connection as scripted, the request applied: %s', async (applied) => {
    await script({ method: 'POST', drop: true, applied });
    await expect(ask('POST', '/tool', TOOL)).rejects.toThrow();
    expect((await ask('GET', '/tool')).body).toHaveLength(applied ? 1 : 0);
    const { body } = await ask('GET', '/simulator/requests');
    expect((body as { readonly requests: readonly object[] }).requests[0]).not.toHaveProperty('status');
  });

  it('shows what it silently does not do', async () => {
    const messages = [{ type: 'request-start', content: 'Hold on.' }];
    await ask('POST', '/tool', { ...TOOL, async: true, messages });
    expect((await ask('GET', '/simulator/account')).body).toMatchObject({
      quirks: DEFAULT_QUIRKS,
      tools: [
        {
          tool: { async: true, messages },
          published: { async: true },
          strict: false,
          degradations: [{ code: 'message-never-played', path: 'messages.0.type' }],
        },
      ],
      assistants: [],
    });
  });

  it('is seeded and wiped, and says what is wrong with a seed, a quirk or a script', async () => {
    const seed = { tools: [{ ...TOOL, id: 't' }], assistants: [{ id: 'a', model: { toolIds: ['t'] } }] };
    expect(await ask('POST', '/simulator/account', seed)).toMatchObject({ status: 201, body: { ids: ['t', 'a'] } });
    expect((await ask('DELETE', '/tool/t')).status).toBe(409);
    expect((await ask('DELETE', '/simulator/account')).status).toBe(204);
    expect((await ask('GET', '/tool')).body).toEqual([]);
    for (const [method, path] of [
      ['POST', '/simulator/account'],
      ['PATCH', '/simulator/quirks'],
      ['POST', '/simulator/answers'],
    ] as const) {
      expect(await ask(method, path, { typo: 1 })).toMatchObject({
        status: 400,
        body: { problems: expect.any(Array) },
      });
    }
  });
});
