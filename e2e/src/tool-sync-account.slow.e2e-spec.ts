import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { freePort } from '@interject/testing';
import { assistantWith, ASSISTANT, handMade, serverOf, SERVER_MESSAGES } from './harness/account-fixtures.js';
import { AccountPool } from './harness/account-pool.js';
import { PUBLIC_URL } from './harness/simulated-account.js';
import type { Fields, SimulatedAccount } from './harness/simulated-account.js';
import { ORDER_STATUS, SYNCED_TOOLS } from './harness/synced-tools.js';

const WEBHOOK = `${PUBLIC_URL}/vapi/webhook`;
const ALONE = '--without-caller-tools';

describe('npm run vapi, with a file of tools', () => {
  const accounts = new AccountPool();

  beforeAll(() => accounts.start(2), 60_000);
  afterAll(() => accounts.stop(), 30_000);

  /** Two at a time: one waits for Vapi while the other works. */
  const story = (title: string, tell: (account: SimulatedAccount) => Promise<void>): void => {
    it.concurrent(title, () => accounts.use(tell), 120_000);
  };

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
    expect(drifted.out).toContain('messages[0].content: "Done." -> "I am looking it up."');
    expect(drifted.out).toContain('0 to create, 1 to update, 0 to adopt, 4 unchanged.');

    await account.requests();
    const mended = await account.tools(['apply', ...file, '--yes']);
    expect(mended).toMatchObject({ code: 0, err: '' });
    expect(mended.out).toContain(`updated order_status  ${before.id} (version v3)`);
    // The account refuses a PATCH with a `type`.
    const { counts, requests } = await account.requests();
    expect(counts).toEqual({ 'GET /tool': 1, 'PATCH /tool/:id': 1, 'GET /tool/:id': 1 });
    expect(requests.map(({ status }) => status)).toEqual([200, 200, 200]);
    await account.quirks({ responses: 'plain' });
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
    expect(beside.out).toContain(
      '2 to create, 1 to update, 0 to adopt, 0 unchanged. 4 other function tools left alone.',
    );
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
    const { code, err } = await account.tools(['apply', ...file, ALONE, '--yes']);
    expect(code).toBe(0);
    expect(err).toMatch(/^note: GET \/tool: Vapi answered 429, too many requests: .+; again in 1 s$/m);
    expect(err).toMatch(/^note: PATCH \/tool\/t1: Vapi answered 500: .+; again in 2 s$/m);
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
    expect(first.out).toMatch(
      /created leave_note .*\n[^]*created opening_hours .*\n[^]*FAILED order_status: POST \/tool/,
    );
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
    const unset = {
      VAPI_API_KEY: '',
      GATEWAY_PUBLIC_URL: '',
      VAPI_CREDENTIAL_ID: 'a b',
      VAPI_REQUEST_SPACING_MS: 'x',
    };
    const nobody = { VAPI_BASE_URL: `http://127.0.0.1:${String(await freePort())}` };
    const file = await account.file(SYNCED_TOOLS);
    const [faulty, refused, unheard] = await Promise.all([
      account.tools(['apply', '--from', 'gateway', '--yes'], unset),
      account.tools(['apply', ...file, '--yes'], { VAPI_API_KEY: 'another-key' }),
      account.tools(['plan', ...file], nobody),
    ]);
    expect(faulty).toMatchObject({ code: 2, out: '' });
    for (const name of ['INTERJECT_API_KEY', ...Object.keys(unset)]) expect(faulty.err).toContain(name);
    expect(refused).toMatchObject({ code: 2, out: '' });
    expect(refused.err).toContain('Vapi answered 401: VAPI_API_KEY must be a private key of this organisation');
    expect(refused.err).not.toContain('another-key');
    expect(unheard).toMatchObject({ code: 2, out: '', err: expect.stringContaining('look at VAPI_BASE_URL') });
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
