import { beforeEach, describe, expect, it } from '@jest/globals';
import { isJsonObject, type JsonObject } from '../scenario/json.types.js';
import { Account } from './account.js';
import type { ApiAnswer } from './api-answer.js';
import { DEFAULT_QUIRKS, type Quirks } from './quirks.js';

const EPOCH_MS = Date.parse('2026-09-01T08:00:00.000Z');
const UUID = /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/;

describe('the account', () => {
  let nowMs: number;
  let account: Account;

  beforeEach(() => {
    nowMs = EPOCH_MS;
    account = make({});
  });

  function make(quirks: Partial<Quirks>): Account {
    return new Account({ ...DEFAULT_QUIRKS, ...quirks }, { now: () => nowMs, monotonic: () => nowMs });
  }

  function bodyOf({ body }: ApiAnswer): JsonObject {
    if (!isJsonObject(body)) throw new Error('no body');
    return body;
  }

  function created(name: string, more: JsonObject = {}): JsonObject {
    const { status, ...rest } = account.create('tool', { type: 'function', function: { name }, ...more });
    expect(status).toBe(201);
    return bodyOf({ status, ...rest });
  }

  const idOf = (resource: JsonObject): string => (typeof resource['id'] === 'string' ? resource['id'] : '');
  const names = (query: JsonObject): readonly unknown[] =>
    (account.list('tool', query).body as readonly { readonly function: { readonly name: string } }[]).map(
      (tool) => tool.function.name,
    );

  it('gives what it creates an id, its organisation, times and a version', () => {
    const tool = created('one');
    expect(tool).toEqual({
      type: 'function',
      function: { name: 'one' },
      id: expect.stringMatching(UUID),
      orgId: expect.stringMatching(UUID),
      createdAt: '2026-09-01T08:00:00.000Z',
      updatedAt: '2026-09-01T08:00:00.000Z',
      latestVersion: 'v1',
    });
    expect(account.get('tool', idOf(tool))).toEqual({ status: 200, body: tool });
  });

  it('keeps two tools of one name', () => {
    expect(idOf(created('twin'))).not.toBe(idOf(created('twin')));
    expect(names({})).toEqual(['twin', 'twin']);
  });

  it('replaces each property of a PATCH whole, clears what is null, and counts the version up', () => {
    const tool = created('one', { async: true, server: { url: 'https://a.example', timeoutSeconds: 5 }, messages: [] });
    nowMs += 1_000;
    const patched = account.patch('tool', idOf(tool), { server: { url: 'https://b.example' }, messages: null });
    expect(patched).toEqual({
      status: 200,
      body: {
        type: 'function',
        function: { name: 'one' },
        async: true,
        server: { url: 'https://b.example' },
        id: tool['id'],
        orgId: tool['orgId'],
        createdAt: tool['createdAt'],
        updatedAt: '2026-09-01T08:00:01.000Z',
        latestVersion: 'v2',
      },
    });
  });

  it('changes nothing when it refuses', () => {
    const tool = created('one');
    const answer = account.patch('tool', idOf(tool), { async: true, typo: 1 });
    expect(answer).toMatchObject({
      status: 400,
      body: { message: ['property typo should not exist'], error: 'Bad Request', statusCode: 400 },
    });
    expect(account.get('tool', idOf(tool)).body).toEqual(tool);
  });

  it.each(['get', 'patch', 'delete'])('answers 404 to a %s of what is not there', (method) => {
    const answer =
      method === 'get'
        ? account.get('tool', 'none')
        : method === 'patch'
          ? account.patch('tool', 'none', {})
          : account.deleteTool('none');
    expect(answer).toMatchObject({ status: 404, body: { error: 'Not Found', statusCode: 404 } });
  });

  describe('as a list', () => {
    beforeEach(() => {
      for (let index = 0; index < 120; index += 1) {
        created(`tool-${index}`);
        nowMs += 1_000;
      }
    });

    it('is newest first, a hundred unless told', () => {
      expect(names({})).toHaveLength(100);
      expect(names({ limit: '3' })).toEqual(['tool-119', 'tool-118', 'tool-117']);
      expect(names({ limit: '1000' })).toHaveLength(120);
      account.quirks = { ...account.quirks, listOrder: 'oldest' };
      expect(names({ limit: '2' })).toEqual(['tool-0', 'tool-1']);
    });

    it('can be read on by its windows, for there is no cursor', () => {
      const bound = new Date(EPOCH_MS + 2_000).toISOString();
      expect(names({ createdAtLt: bound })).toEqual(['tool-1', 'tool-0']);
      expect(names({ createdAtLe: bound })).toEqual(['tool-2', 'tool-1', 'tool-0']);
      expect(names({ createdAtGt: bound, limit: '1000' })).toHaveLength(117);
      expect(names({ createdAtGe: bound, createdAtLt: new Date(EPOCH_MS + 4_000).toISOString() })).toEqual([
        'tool-3',
        'tool-2',
      ]);
      const [oldest] = account.all('tool').slice(-1);
      account.patch('tool', oldest?.id ?? '', { async: true });
      expect(names({ updatedAtGe: new Date(nowMs).toISOString() })).toEqual(['tool-0']);
    });

    it.each<[JsonObject, string]>([
      [{ limit: '1001' }, 'limit must not be greater than 1000'],
      [{ limit: 'all' }, 'limit must be a number conforming to the specified constraints'],
      [{ createdAtLt: 'yesterday' }, 'createdAtLt must be a valid ISO 8601 date string'],
      [{ cursor: 'x' }, 'property cursor should not exist'],
    ])('refuses %j', (query, problem) => {
      expect(account.list('tool', query)).toMatchObject({ status: 400, body: { message: [problem] } });
    });
  });

  describe('with assistants', () => {
    const model = { provider: 'openai', model: 'gpt-4o' };

    it('replaces the whole model', () => {
      const assistant = bodyOf(account.create('assistant', { model: { ...model, toolIds: ['a'] }, name: 'Ann' }));
      const patched = account.patch('assistant', idOf(assistant), { model: { ...model, temperature: 0 } });
      expect(patched.body).toMatchObject({ name: 'Ann', latestVersion: 'v2' });
      expect(bodyOf(patched)['model']).toEqual({ ...model, temperature: 0 });
      expect(account.patch('assistant', idOf(assistant), { model: { toolIds: ['b'] } }).status).toBe(400);
    });

    it('does not delete a tool in use, unless it is to', () => {
      const id = idOf(created('one'));
      const assistant = bodyOf(account.create('assistant', { model: { ...model, toolIds: [id] } }));
      expect(account.deleteTool(id)).toMatchObject({
        status: 409,
        body: { error: 'Conflict', message: `Tool ${id} is in use by assistant ${idOf(assistant)}` },
      });
      account.quirks = { ...account.quirks, deleteInUse: 'allow' };
      expect(account.deleteTool(id)).toMatchObject({ status: 200, body: { id } });
      expect(account.get('tool', id).status).toBe(404);
    });
  });

  it('keeps a change for later where changes are drafts, and has no versions where there are none', () => {
    account = make({ versions: 'draft' });
    const id = idOf(created('one'));
    expect(account.patch('tool', id, { async: true }).body).toMatchObject({ async: true, latestVersion: 'v1' });
    expect(account.find('tool', id)?.published).not.toHaveProperty('async');
    account = make({ versions: 'none' });
    expect(created('one')['latestVersion']).toBeNull();
  });

  it('fills in what nobody sent where it is verbose', () => {
    account = make({ responses: 'verbose' });
    expect(created('one', { server: { url: 'https://a.example' } })).toMatchObject({
      isDeleted: false,
      async: false,
      messages: [],
      function: { name: 'one', strict: false },
      server: { url: 'https://a.example', timeoutSeconds: 20 },
    });
  });

  it('knows its credentials once they are seeded', () => {
    const server = { url: 'https://a.example', credentialId: 'typo' };
    created('before', { server });
    account.seedCredentials(['real']);
    expect(account.create('tool', { type: 'function', server })).toMatchObject({
      status: 400,
      body: { message: 'Credential with ID typo not found' },
    });
    created('after', { server: { ...server, credentialId: 'real' } });
  });

  it('forgets everything at a wipe, and goes back to the quirks it began with', () => {
    account = make({ versions: 'none' });
    created('one');
    account.quirks = DEFAULT_QUIRKS;
    account.requests.arrived({ method: 'GET', route: '/tool', path: '/tool' });
    account.wipe();
    expect(account.all('tool')).toEqual([]);
    expect(account.quirks.versions).toBe('none');
    expect(account.requests.summary().total).toBe(0);
  });

  it('counts requests by route, with the time between them', () => {
    const arrive = (method: string, route: string): ((status: number) => void) =>
      account.requests.arrived({ method, route, path: route.replace(':id', 'x') });
    arrive('POST', '/tool')(201);
    nowMs += 700;
    arrive('PATCH', '/tool/:id');
    nowMs += 650;
    arrive('PATCH', '/tool/:id')(200);
    expect(account.requests.summary()).toEqual({
      total: 3,
      counts: { 'POST /tool': 1, 'PATCH /tool/:id': 2 },
      smallestGapMs: 650,
      requests: [
        { method: 'POST', route: '/tool', path: '/tool', at: EPOCH_MS, gapMs: undefined, status: 201 },
        { method: 'PATCH', route: '/tool/:id', path: '/tool/x', at: EPOCH_MS + 700, gapMs: 700, status: undefined },
        { method: 'PATCH', route: '/tool/:id', path: '/tool/x', at: EPOCH_MS + 1_350, gapMs: 650, status: 200 },
      ],
    });
  });

  it('lets requests pass that keep their distance to the last that passed', () => {
    expect(account.pace.admit(500)).toBe(0);
    nowMs += 200;
    expect(account.pace.admit(500)).toBe(300);
    nowMs += 300;
    expect(account.pace.admit(500)).toBe(0);
    expect(account.pace.admit(0)).toBe(0);
  });
});
