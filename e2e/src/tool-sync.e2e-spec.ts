import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { API_KEY } from './harness/environment.js';
import { expectPassed } from './harness/expect-passed.js';
import { InterjectSystem } from './harness/interject-system.js';
import { ACCOUNT_KEY, CREDENTIAL, PUBLIC_URL, SimulatedAccount } from './harness/simulated-account.js';
import type { Fields } from './harness/simulated-account.js';
import { eventsOf } from './harness/stage.js';
import { LEAVE_NOTE, OPENING_HOURS, ORDER_STATUS, SYNCED_TOOLS, syncedToolsFile } from './harness/synced-tools.js';

const WEBHOOK = `${PUBLIC_URL}/vapi/webhook`;
const ASSISTANT = '7d1c1f0e-0a61-4b8e-9a1e-2f6f3c5d9b01';
const ALONE = '--without-caller-tools';
const ALL_NAMES = ['cancel_task', 'leave_note', 'list_running_tasks', 'opening_hours', 'order_status'];
const SERVER_MESSAGES = [
  'tool-calls',
  'status-update',
  'speech-update',
  'user-interrupted',
  'end-of-call-report',
  'assistant.started',
];
const BACKOFF_PLAN = {
  type: 'exponential',
  maxRetries: 3,
  baseDelaySeconds: 1,
  excludedStatusCodes: [400, 401, 403, 404, 413, 422],
};

/** The server of a tool of ours. */
const serverOf = (webhook: string, timeoutSeconds: number): Fields => ({
  url: webhook,
  timeoutSeconds,
  credentialId: CREDENTIAL,
  backoffPlan: BACKOFF_PLAN,
});

/** A tool as somebody made it by hand. */
const handMade = (id: string, name: string, url: string, more: Fields = {}): Fields => ({
  id,
  type: 'function',
  function: { name },
  server: { url },
  ...more,
});

const assistantWith = (webhook: string, toolIds: readonly string[], more: Fields = {}): Fields => ({
  id: ASSISTANT,
  name: 'Shop',
  model: {
    provider: 'openai',
    model: 'gpt-4o',
    temperature: 0.3,
    messages: [{ role: 'system', content: 'x' }],
    toolIds,
  },
  server: { url: webhook, credentialId: CREDENTIAL },
  serverMessages: SERVER_MESSAGES,
  ...more,
});

describe('npm run vapi', () => {
  /** All at once: they wait for processes and for Vapi's patience, each with an account of its own. */
  const story = (title: string, tell: (account: SimulatedAccount) => Promise<void>): void => {
    it.concurrent(
      title,
      async () => {
        const account = await SimulatedAccount.start();
        try {
          await tell(account);
        } finally {
          await account.stop();
        }
      },
      90_000,
    );
  };

  describe('with a file of tools', () => {
    story('mends what was changed by hand, and names each field', async (account) => {
      const file = await account.file(SYNCED_TOOLS);
      await account.seed({});
      expect(await account.tools(['apply', ...file, '--yes'])).toMatchObject({ code: 0, err: '' });
      const before = await account.tool('order_status');
      // The answers hold more than was sent from now on, in another order: that is no drift.
      await account.quirks({ responses: 'verbose', listOrder: 'oldest' });
      expect(await account.tools(['check', ...file])).toMatchObject({ code: 0, err: '' });

      await account.patch(`/tool/${before.id}`, {
        async: false,
        server: { ...before.server, timeoutSeconds: 3, staticIpAddressesEnabled: true },
        messages: [{ type: 'request-complete', role: 'assistant', content: 'Done.' }],
      });
      const drifted = await account.tools(['check', ...file]);
      expect(drifted).toMatchObject({ code: 1, err: '' });
      expect(drifted.out).toContain(`~ order_status        update  ${before.id}`);
      expect(drifted.out).toContain('async: false -> true');
      expect(drifted.out).toContain('server.timeoutSeconds: 3 -> 10');
      expect(drifted.out).toContain('messages[0].content: "Done." -> "I am looking up order {{ orderId }}."');
      expect(drifted.out).toContain('0 to create, 1 to update, 0 to adopt, 4 unchanged.');

      await account.requests();
      const mended = await account.tools(['apply', ...file, '--yes']);
      expect(mended).toMatchObject({ code: 0, err: '' });
      expect(mended.out).toContain(`updated order_status  ${before.id} (version v3)`);
      // The account refuses a PATCH with a `type`.
      const { counts, requests } = await account.requests();
      expect(counts).toEqual({ 'GET /tool': 1, 'PATCH /tool/:id': 1, 'GET /tool/:id': 1 });
      expect(requests.map(({ status }) => status)).toEqual([200, 200, 200]);
      const after = await account.tool('order_status');
      // What we do not manage is left as it was set.
      expect(after).toEqual({
        ...before,
        server: { ...before.server, staticIpAddressesEnabled: true },
        updatedAt: after['updatedAt'],
        latestVersion: 'v3',
      });
    });

    story('says so when a change stays a draft, which calls do not play', async (account) => {
      const file = await account.file([ORDER_STATUS]);
      await account.seed({ tools: [handMade('t1', 'order_status', WEBHOOK)] });
      await account.quirks({ versions: 'draft' });
      const applied = await account.tools(['apply', ...file, ALONE, '--yes']);
      expect(applied).toMatchObject({ code: 0, err: '' });
      expect(applied.out).toContain('updated order_status  t1 (version v1)');
      expect(applied.out).toContain('if it is a draft, publish it in the dashboard');
    });

    story('takes over tools of the same name and keeps their ids, the one with our webhook first', async (account) => {
      const file = await account.file(SYNCED_TOOLS);
      const secret = 'secret-of-the-shop';
      await account.seed({
        tools: [
          handMade('s2', 'order_status', 'https://shop.example/orders?key=1', {
            server: { url: 'https://shop.example/orders?key=1', secret, timeoutSeconds: 20 },
          }),
          handMade('n2', 'leave_note', 'https://shop.example/notes'),
          handMade('n1', 'leave_note', 'https://shop.example/notes'),
          handMade('h1', 'opening_hours', 'https://shop.example/hours'),
          handMade('h2', 'opening_hours', WEBHOOK),
        ],
      });
      const beside = await account.tools(['plan', ...file, ALONE, '--no-adopt']);
      expect(beside).toMatchObject({ code: 0, err: '' });
      expect(beside.out).toContain('2 to create, 1 to update, 0 to adopt, 0 unchanged. 4 other function tools left alone.');
      expect(beside.out).toContain('beside s2 of the same name at https://shop.example/orders?***');

      const others = (await account.kept()).filter(({ tool }) => ['n2', 'h1'].includes(tool.id));
      const applied = await account.tools(['apply', ...file, ALONE, '--yes']);
      expect(applied).toMatchObject({ code: 0, err: '' });
      expect(applied.out).toContain('taken over from https://shop.example/orders?***');
      expect(applied.out).toContain('2 tools have this name: n1 is taken, n2 left alone');
      expect(applied.out).toContain('adopted leave_note  n1 (version v2)');
      expect(applied.out).toContain('updated opening_hours  h2 (version v2)');
      expect(applied.out).toContain('adopted order_status  s2 (version v2)');
      expect(applied.out).not.toContain(secret);
      expect(applied.out).not.toContain('key=1');
      const kept = await account.kept();
      expect(kept).toHaveLength(5);
      // What proved to the shop who asks is not sent to us.
      expect((await account.tool('order_status')).server).toEqual(serverOf(WEBHOOK, 10));
      expect(kept.filter(({ tool }) => ['n2', 'h1'].includes(tool.id))).toEqual(others);
      expect(await account.tools(['check', ...file, ALONE])).toMatchObject({ code: 0 });
    });

    story('deletes with --prune alone, only what is ours, and says what Vapi refuses', async (account) => {
      const file = await account.file([ORDER_STATUS]);
      const apiRequest = { id: 'a1', type: 'apiRequest', name: 'ours_too', url: WEBHOOK, server: { url: WEBHOOK } };
      await account.seed({
        tools: [
          handMade('o1', 'old_but_attached', WEBHOOK),
          handMade('o2', 'old', WEBHOOK),
          handMade('x1', 'of_the_shop', 'https://shop.example/hook'),
          apiRequest,
        ],
        assistants: [assistantWith(WEBHOOK, ['o1'])],
      });
      const kept = async (): Promise<unknown[]> => (await account.kept()).map(({ tool }) => tool.id).sort();
      const careful = await account.tools(['apply', ...file, ALONE, '--yes']);
      expect(careful).toMatchObject({ code: 0, err: '' });
      expect(careful.out).toContain('! old               not wanted any more  o2  (--prune deletes it)');
      const { id } = await account.tool('order_status');
      expect(await kept()).toEqual(['a1', 'o1', 'o2', 'x1', id].sort());

      const none = await account.file([], 'none.json');
      const emptied = await account.tools(['apply', ...none, '--prune', '--yes']);
      expect(emptied).toMatchObject({ code: 2, err: expect.stringContaining('--prune would delete all of them') });

      const refused = await account.tools(['apply', ...file, ALONE, '--prune', '--yes']);
      expect(refused).toMatchObject({ code: 1, err: expect.stringContaining('1 not done, 1 changed.') });
      expect(refused.out).toContain('deleted old  o2');
      expect(refused.out).toMatch(/FAILED old_but_attached: o1 is still attached to an assistant: detach it there/);
      expect(await kept()).toEqual(['a1', 'o1', 'x1', id].sort());

      const { model } = await account.assistant(ASSISTANT);
      await account.patch(`/assistant/${ASSISTANT}`, { model: { ...(model as Fields), toolIds: [] } });
      expect(await account.tools(['apply', ...file, ALONE, '--prune', '--yes'])).toMatchObject({ code: 0, err: '' });
      expect(await kept()).toEqual(['a1', 'x1', id].sort());
    });

    story('asks again when Vapi is busy or broken, as long as it says', async (account) => {
      const file = await account.file([ORDER_STATUS]);
      await account.seed({ tools: [handMade('t1', 'order_status', WEBHOOK)] });
      await account.script(
        { method: 'GET', route: '/tool', status: 429, headers: { 'retry-after': '1' } },
        { method: 'PATCH', route: '/tool/:id', status: 500 },
      );
      const applied = await account.tools(['apply', ...file, ALONE, '--yes']);
      expect(applied).toMatchObject({ code: 0, err: '' });
      const { requests } = await account.requests();
      const seen = requests.map(({ method, status }) => `${method} ${String(status)}`);
      expect(seen).toEqual(['GET 429', 'GET 200', 'PATCH 500', 'PATCH 200', 'GET 200']);
      expect(requests[1]?.gapMs).toBeGreaterThanOrEqual(990);
      expect(requests[3]?.gapMs).toBeGreaterThanOrEqual(1990);
      expect((await account.tool('order_status')).server).toEqual(serverOf(WEBHOOK, 10));
    });

    story('never makes a tool twice when an answer is lost, and keeps the pace it is told', async (account) => {
      const file = await account.file(SYNCED_TOOLS);
      const pace = { VAPI_REQUEST_SPACING_MS: '150' };
      await account.quirks({ minimumSpacingMs: 145 });
      await account.script(
        { method: 'POST', route: '/tool', status: 500, applied: true },
        { method: 'POST', route: '/tool', drop: true, applied: true },
        { method: 'POST', route: '/tool', status: 503 },
      );
      const first = await account.tools(['apply', ...file, ALONE, '--yes'], pace);
      expect(first).toMatchObject({ code: 1, err: expect.stringContaining('1 not done, 2 changed.') });
      expect(first.out).toMatch(/created leave_note .*\n[^]*created opening_hours .*\n[^]*FAILED order_status: POST \/tool/);
      expect(await account.names()).toEqual(['leave_note', 'opening_hours']);
      const { counts, smallestGapMs, requests } = await account.requests();
      expect(counts).toEqual({ 'GET /tool': 4, 'POST /tool': 3 });
      expect(requests.map(({ status }) => status)).not.toContain(429);
      expect(smallestGapMs).toBeGreaterThanOrEqual(145);

      expect(await account.tools(['apply', ...file, ALONE, '--yes'], pace)).toMatchObject({ code: 0, err: '' });
      expect((await account.requests()).counts).toEqual({ 'GET /tool': 1, 'POST /tool': 1 });
      expect(await account.names()).toEqual(['leave_note', 'opening_hours', 'order_status']);
    });

    story('says what it lacks, all of it at once, and touches nothing', async (account) => {
      const unset = { VAPI_API_KEY: '', GATEWAY_PUBLIC_URL: '', VAPI_CREDENTIAL_ID: 'a b', VAPI_REQUEST_SPACING_MS: 'x' };
      const [faulty, refused] = await Promise.all([
        account.tools(['apply', '--from', 'gateway', '--yes'], unset),
        account.tools(['apply', ...(await account.file(SYNCED_TOOLS)), '--yes'], { VAPI_API_KEY: 'another-key' }),
      ]);
      expect(faulty).toMatchObject({ code: 2, out: '' });
      for (const name of ['INTERJECT_API_KEY', ...Object.keys(unset)]) expect(faulty.err).toContain(name);
      expect(refused).toMatchObject({ code: 2, out: '' });
      expect(refused.err).toContain('Vapi answered 401: VAPI_API_KEY must be a private key of this organisation');
      expect(refused.err).not.toContain('another-key');
      expect((await account.requests()).counts).toEqual({ 'GET /tool': 1 });
    });

    story('lints what keeps results from being spoken', async (account) => {
      const file = [...(await account.file([ORDER_STATUS])), ALONE, '--assistant', ASSISTANT];
      const blind = {
        serverMessages: SERVER_MESSAGES.filter((type) => type !== 'speech-update'),
        monitorPlan: { controlEnabled: false },
      };
      const dead = { async: true, messages: [{ type: 'request-start', content: 'One moment.' }] };
      await account.seed({
        tools: [handMade('t1', 'order_status', WEBHOOK, dead)],
        assistants: [assistantWith(WEBHOOK, ['t1'], blind)],
      });
      const linted = await account.lint([...file, '--json']);
      expect(linted).toMatchObject({ code: 1, err: '' });
      const { findings } = JSON.parse(linted.out) as { readonly findings: readonly Fields[] };
      expect(findings.map(({ severity, code }) => `${String(severity)} ${String(code)}`).sort()).toEqual([
        'error control-disabled',
        'error server-message-missing',
        'error start-text-missing',
        'warning message-never-plays',
        'warning tool-without-credential',
        'warning tool-without-retries',
      ]);
      expect(findings.find(({ code }) => code === 'server-message-missing')?.['problem']).toContain('speech-update');

      await account.patch(`/assistant/${ASSISTANT}`, {
        serverMessages: SERVER_MESSAGES,
        monitorPlan: { controlEnabled: true },
      });
      expect(await account.tools(['apply', ...file, '--yes'])).toMatchObject({ code: 0, err: '' });
      expect(await account.lint([...file, '--strict'])).toMatchObject({ code: 0, out: 'No findings.\n', err: '' });
    });
  });
});

describe('npm run vapi, with the system', () => {
  let directory: string;
  let system: InterjectSystem;
  let account: SimulatedAccount;
  let webhook: string;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'interject-tool-sync-'));
    system = await InterjectSystem.start({ services: ['gateway', 'notifier'] });
    const toolsFile = join(directory, 'tools.yaml');
    await writeFile(toolsFile, syncedToolsFile(system.backend.url, 400));
    await system.add('http-worker', 'http-worker', { HTTP_TOOLS_FILE: toolsFile });
    await system.ready();
    const gateway = `http://127.0.0.1:${String(system.gatewayPort)}`;
    webhook = `${gateway}/vapi/webhook`;
    account = await SimulatedAccount.at(system.simulator.origin, {
      GATEWAY_PUBLIC_URL: gateway,
      INTERJECT_API_KEY: API_KEY,
      NATS_URL: system.nats.url,
    });
    await account.seed({ assistants: [assistantWith(webhook, [])] });
  }, 60_000);
  afterAll(async () => {
    await account.stop();
    const codes = await system.stop();
    await rm(directory, { recursive: true, force: true });
    expect([...codes].filter(([, code]) => code !== 0)).toEqual([]);
  }, 60_000);

  it('plans on an empty account, creates what the workers offer, and then finds nothing to do', async () => {
    const planned = await account.tools(['plan']);
    expect(planned).toMatchObject({ code: 0, err: '' });
    for (const name of ALL_NAMES) expect(planned.out).toMatch(new RegExp(`^\\+ ${name} +create$`, 'm'));
    expect(planned.out).toContain('5 to create, 0 to update, 0 to adopt, 0 unchanged.');
    expect((await account.requests()).counts).toEqual({ 'GET /tool': 1 });

    const applied = await account.tools(['apply', '--yes']);
    expect(applied).toMatchObject({ code: 0, err: '' });
    expect(applied.out).toContain('Done: 5 changed.');
    expect((await account.requests()).counts).toEqual({ 'GET /tool': 1, 'POST /tool': 5 });
    expect(await account.tools(['check'])).toMatchObject({ code: 0, err: '' });
    await account.requests();
    const again = await account.tools(['apply', '--yes']);
    expect(again).toMatchObject({ code: 0, err: '', out: expect.stringContaining('Nothing had to be done.') });
    expect((await account.requests()).counts).toEqual({ 'GET /tool': 1 });
  }, 60_000);

  it('makes them as Vapi takes and plays them', async () => {
    const kept = await account.kept();
    const named = new Map(kept.map(({ tool, ...known }) => [tool.function['name'], { ...known, tool }]));
    expect([...named.keys()]).toEqual(ALL_NAMES);
    expect(kept.flatMap(({ degradations }) => degradations)).toEqual([]);
    expect(named.get('order_status')).toMatchObject({
      strict: true,
      tool: {
        async: true,
        server: serverOf(webhook, 10),
        messages: [{ type: 'request-complete', role: 'assistant', content: ORDER_STATUS.sayOnStart }],
        // Not among those that the model is asked for.
        function: {
          strict: true,
          parameters: {
            type: 'object',
            properties: { orderId: { type: 'string' } },
            required: ['orderId'],
            additionalProperties: false,
          },
        },
        parameters: [{ key: 'phone', value: '{{ customer.number }}' }],
      },
    });
    expect(named.get('order_status')?.tool.function).not.toHaveProperty('parameters.properties.phone');
    const note = named.get('leave_note');
    expect(note).toMatchObject({
      strict: false,
      tool: {
        async: true,
        server: serverOf(webhook, 10),
        messages: [{ type: 'request-complete', content: "I'm on it, I'll tell you as soon as I know more." }],
        function: { strict: false, description: LEAVE_NOTE.description, parameters: { required: ['text'] } },
      },
    });
    // What Vapi has no word for stands in the description, and the model is told.
    expect(JSON.stringify(note?.tool.function)).not.toContain('maxLength');
    expect(JSON.stringify(note?.tool.function)).toContain('400');
    expect(named.get('opening_hours')).toMatchObject({
      strict: true,
      tool: { async: false, server: serverOf(webhook, OPENING_HOURS.graceMs / 1000 + 5) },
    });
    for (const name of ['cancel_task', 'list_running_tasks']) {
      expect(named.get(name)).toMatchObject({ strict: true, tool: { async: false, server: serverOf(webhook, 10) } });
    }
  });

  it('attaches them: a call of the assistant has its line said at once, the caller known, the result heard', async () => {
    const applied = await account.tools(['apply', '--assistant', ASSISTANT, '--yes']);
    expect(applied).toMatchObject({ code: 0, err: '' });
    const ids = (await account.kept()).map(({ tool }) => tool.id);
    const before = assistantWith(webhook, ids);
    expect(await account.assistant(ASSISTANT)).toMatchObject(before);
    const played = await system.simulator.play({
      name: 'a stored assistant',
      assistantId: ASSISTANT,
      behaviour: { silenceTimeoutMs: 0 },
      steps: [
        { assistant: 'Hello, how can I help you?' },
        { caller: 'Where is order 4711?' },
        { toolCalls: [{ tool: 'order_status', arguments: { orderId: '4711' } }] },
        { toolCalls: [{ tool: 'list_running_tasks', arguments: {} }] },
        { waitForHeard: { text: 'Order 4711', withinMs: 40_000 } },
        { after: 1500, caller: 'And order 4712?' },
        // A model that makes the caller up.
        { toolCalls: [{ tool: 'order_status', arguments: { orderId: '4712', phone: '+15550001111' } }] },
        { waitForHeard: { text: 'Order 4712', withinMs: 40_000 } },
        { after: 1500, caller: 'Thank you, good bye.' },
        { hangUp: true },
      ],
      expect: [
        { heard: 'Order 4711 is on its way to +12025550101.', times: 1 },
        { heard: 'Order 4712 is on its way to +12025550101.', times: 1 },
        { reply: { tool: 'list_running_tasks', status: 200, result: '/order status/i' } },
        { order: ['Order 4711', 'Order 4712'] },
      ],
    });
    expectPassed(played);
    const orders = system.backend.requests.map(({ body }) => ({ orderId: body['orderId'], phone: body['phone'] }));
    expect(orders).toEqual(['4711', '4712'].map((orderId) => ({ orderId, phone: '+12025550101' })));
    const [call] = played.calls;
    const sent = call === undefined ? [] : eventsOf(call, 'tool-calls-sent');
    for (const [at, orderId] of [
      [0, '4711'],
      [2, '4712'],
    ] as const) {
      const lines = call === undefined ? [] : eventsOf(call, 'speech-started');
      const line = lines.find(({ text }) => text === `I am looking up order ${orderId}.`);
      const waitedMs = (line?.atMs ?? Infinity) - (sent[at]?.atMs ?? 0);
      expect(waitedMs).toBeLessThan(1000);
    }
  }, 60_000);

  it('exports the tools of the system, for where none runs', async () => {
    const exported = await account.tools(['export', '--output', 'all.json']);
    expect(exported).toMatchObject({ code: 0, out: '' });
    const path = join(account.directory, 'all.json');
    const text = await readFile(path, 'utf8');
    const [fromNats, planned] = await Promise.all([
      account.tools(['export', '--check', 'all.json', '--from', 'nats']),
      account.tools(['plan', '--file', 'all.json', '--json'], { INTERJECT_API_KEY: '', NATS_URL: '' }),
    ]);
    expect(fromNats).toMatchObject({ code: 0, err: '' });
    expect(planned).toMatchObject({ code: 0, err: '' });
    expect(JSON.parse(planned.out)).toMatchObject({
      drift: false,
      tools: ALL_NAMES.map((name) => ({ name, action: 'unchanged', differences: [] })),
    });

    await writeFile(path, text.replace(LEAVE_NOTE.description, 'Leaves a word for the shop.'));
    const [stale, changed] = await Promise.all([
      account.tools(['export', '--check', 'all.json']),
      account.tools(['check', '--file', 'all.json']),
    ]);
    expect(stale).toMatchObject({ code: 1, out: expect.stringContaining('tools export --output all.json') });
    expect(changed).toMatchObject({ code: 1 });
    expect(changed.out).toContain(
      'function.description: "Leaves a note for the shop." -> "Leaves a word for the shop."',
    );
    expect(text + exported.err + planned.out).not.toContain(ACCOUNT_KEY);
    expect(text + exported.err + planned.out).not.toContain(API_KEY);
  }, 60_000);
});
