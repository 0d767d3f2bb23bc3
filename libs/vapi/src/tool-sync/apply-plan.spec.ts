import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { SystemClock } from '@interject/observability';
import { aToolDefinition } from '@interject/testing';
import { FakeAccount } from '../fixtures/fake-account.js';
import { objectOf } from '../json-reader.js';
import { VapiAccount } from '../rest/vapi-account.client.js';
import { applyPlan } from './apply-plan.js';
import { attachTools } from './attach-tools.js';
import { desiredTool } from './desired-tool.js';
import { planTools } from './plan-tools.js';
import { functionTools } from './remote-tool.js';
import { wantedTools } from './wanted-tool.js';

const settings = { webhookUrl: 'https://interject.example.com/vapi/webhook' };
const wanted = wantedTools([aToolDefinition({ name: 'a_tool' }), aToolDefinition({ name: 'b_tool' })], {
  withCallerTools: false,
});

describe('applyPlan', () => {
  let fake: FakeAccount;
  let account: VapiAccount;

  beforeEach(async () => {
    fake = await FakeAccount.start();
    account = new VapiAccount({ apiKey: 'sk_private', baseUrl: fake.origin, spacingMs: 0, clock: new SystemClock() });
  });
  afterEach(async () => {
    await account.close();
    await fake.close();
  });

  async function planned() {
    return planTools(wanted, functionTools(await account.listTools()), settings);
  }

  it('creates, and finds nothing to do the second time', async () => {
    const first = await applyPlan(account, await planned(), { prune: false });
    expect(first).toMatchObject([
      { kind: 'created', name: 'a_tool', version: 'v1', notKept: [] },
      { kind: 'created', name: 'b_tool', version: 'v1', notKept: [] },
    ]);
    expect(fake.requests[0]?.headers.authorization).toBe('Bearer sk_private');
    const second = await applyPlan(account, await planned(), { prune: true });
    expect(second.map(({ kind }) => kind)).toEqual(['unchanged', 'unchanged']);
    expect(fake.log).toEqual(['GET /tool', 'POST /tool', 'POST /tool', 'GET /tool']);
  });

  it('patches without a type, reads back and tells the version', async () => {
    const id = fake.seed('tool', {
      type: 'function',
      function: { name: 'a_tool' },
      server: { url: 'https://old.example' },
    });
    const outcomes = await applyPlan(account, await planned(), { prune: false });
    expect(outcomes[0]).toMatchObject({ kind: 'adopted', id, version: 'v2', mayBeDraft: false, notKept: [] });
    const patch = fake.requests.find(({ method }) => method === 'PATCH');
    expect(JSON.parse(patch?.body ?? '')).not.toHaveProperty('type');
    expect(fake.log.slice(1)).toEqual(['PATCH /tool', 'GET /tool', 'POST /tool']);
    expect((await planned()).tools.every(({ action }) => action === 'unchanged')).toBe(true);
  });

  it('patches with a type where the API asks for one', async () => {
    fake.seed('tool', { type: 'function', function: { name: 'a_tool' } });
    fake.intercept = (response, { method, body }) => {
      const isBare = method === 'PATCH' && !body.includes('"type":"function"');
      if (isBare) response.writeHead(400).end(JSON.stringify({ message: ['type must be one of: function'] }));
      return isBare;
    };
    const [first] = await applyPlan(account, await planned(), { prune: false });
    expect(first).toMatchObject({ kind: 'adopted', notKept: [] });
    expect(fake.log.filter((line) => line.startsWith('PATCH'))).toHaveLength(2);
  });

  it('tells what Vapi did not keep, and that a change may be a draft', async () => {
    fake.seed('tool', { type: 'function', function: { name: 'a_tool' } });
    fake.show = (tool) => ({
      ...tool,
      latestVersion: 'v1',
      server: { ...objectOf(tool['server']), backoffPlan: null },
    });
    const [first] = await applyPlan(account, await planned(), { prune: false });
    expect(first).toMatchObject({ mayBeDraft: true, notKept: [{ field: 'server.backoffPlan', from: '(none)' }] });
  });

  it.each([
    ['a lost answer', 'created', 0],
    ['a request that was not done', 'failed', 500],
  ])('creates once whatever becomes of the answer: %s', async (_what, kind, status) => {
    let posts = 0;
    fake.intercept = (response, { method, body }) => {
      if (method !== 'POST') return false;
      posts += 1;
      if (posts > 1) return false;
      if (status !== 0) response.writeHead(status).end();
      else {
        fake.seed('tool', objectOf(JSON.parse(body)) ?? {});
        response.destroy();
      }
      return true;
    };
    const outcomes = await applyPlan(account, await planned(), { prune: false });
    expect(outcomes.map((outcome) => outcome.kind)).toEqual([kind, 'created']);
    expect(fake.log.filter((line) => line === 'POST /tool')).toHaveLength(2);
    const names = fake.all('tool').map((tool) => objectOf(tool['function'])?.['name']);
    expect(names).toEqual(kind === 'created' ? ['a_tool', 'b_tool'] : ['b_tool']);
  });

  it('goes on after a refusal, and stops where nothing can succeed', async () => {
    fake.intercept = (response, { method, body }) => {
      const isRefused = method === 'POST' && body.includes('a_tool');
      if (isRefused) response.writeHead(400).end(JSON.stringify({ message: 'sk_private is not\n welcome' }));
      return isRefused;
    };
    expect(await applyPlan(account, await planned(), { prune: false })).toMatchObject([
      { kind: 'failed', problem: 'POST /tool: Vapi answered 400: *** is not welcome' },
      { kind: 'created' },
    ]);
    const plan = await planned();
    fake.intercept = (response) => {
      response.writeHead(401).end();
      return true;
    };
    const [refused, ...others] = await applyPlan(
      account,
      { ...plan, tools: [...plan.tools, ...plan.tools] },
      { prune: false },
    );
    expect(refused).toMatchObject({ kind: 'failed' });
    expect(others.map(({ kind }) => kind)).toEqual(['not-tried', 'not-tried', 'not-tried']);
  });

  it('deletes only when told to, goes on after a conflict, and takes what is gone for deleted', async () => {
    const server = { url: settings.webhookUrl };
    for (const name of ['x_used', 'y_gone', 'z_free'])
      fake.seed('tool', { type: 'function', function: { name }, server });
    await applyPlan(account, await planned(), { prune: false });
    expect(fake.all('tool')).toHaveLength(5);
    fake.intercept = (response, { method, path }) => {
      if (method !== 'DELETE') return false;
      const status = path.endsWith('1') ? 409 : path.endsWith('2') ? 404 : 0;
      if (status !== 0) response.writeHead(status).end(JSON.stringify({ message: 'in use' }));
      return status !== 0;
    };
    const outcomes = await applyPlan(account, await planned(), { prune: true });
    expect(outcomes.slice(2)).toMatchObject([
      { kind: 'failed', name: 'x_used', problem: expect.stringContaining('still attached') },
      { kind: 'deleted', name: 'y_gone' },
      { kind: 'deleted', name: 'z_free' },
    ]);
  });

  it('attaches what is missing, sends the whole model, and detaches nothing', async () => {
    const model = { provider: 'openai', model: 'x', messages: [{ role: 'system' }], toolIds: ['other', 'one'] };
    const id = fake.seed('assistant', { name: 'Desk', model, firstMessage: 'Hi' });
    const tools = [
      { id: 'one', name: 'a_tool' },
      { id: 'two', name: 'b_tool' },
    ];
    expect(await attachTools(account, id, tools)).toEqual({
      kind: 'attached',
      assistantId: id,
      name: 'Desk',
      tools: ['b_tool'],
    });
    expect(fake.get('assistant', id)).toMatchObject({
      firstMessage: 'Hi',
      model: { ...model, toolIds: ['other', 'one', 'two'] },
    });
    expect(await attachTools(account, id, tools)).toMatchObject({ tools: [] });
    expect(fake.log).toEqual(['GET /assistant', 'PATCH /assistant', 'GET /assistant']);
    expect(await attachTools(account, 'nobody', tools)).toMatchObject({ kind: 'failed' });
    expect(await attachTools(account, fake.seed('assistant', {}), tools)).toMatchObject({ kind: 'failed' });
  });

  it('sends what the desired tool says', async () => {
    const tool = wanted[0];
    if (tool === undefined) throw new Error('no tool');
    await applyPlan(account, planTools([tool], [], settings), { prune: false });
    expect(JSON.parse(fake.requests[0]?.body ?? '')).toEqual({ type: 'function', ...desiredTool(tool, settings) });
  });
});
