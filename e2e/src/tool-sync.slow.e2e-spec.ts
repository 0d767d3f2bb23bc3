import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { assistantWith, ASSISTANT, serverOf } from './harness/account-fixtures.js';
import { API_KEY, TIME_FACTOR } from './harness/environment.js';
import { expectPassed } from './harness/expect-passed.js';
import { InterjectSystem } from './harness/interject-system.js';
import { ACCOUNT_KEY, SimulatedAccount } from './harness/simulated-account.js';
import { eventsOf } from './harness/stage.js';
import { LEAVE_NOTE, OPENING_HOURS, ORDER_STATUS, syncedToolsFile } from './harness/synced-tools.js';

/** What the look-up of an order takes, in real time. */
const ORDER_MS = 800;
const ALL_NAMES = ['cancel_task', 'leave_note', 'list_running_tasks', 'opening_hours', 'order_status'];

describe('npm run vapi, with the system', () => {
  let directory: string;
  let system: InterjectSystem;
  let account: SimulatedAccount;
  let webhook: string;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'interject-tool-sync-'));
    system = await InterjectSystem.start({ services: ['gateway', 'notifier'] });
    const gateway = `http://127.0.0.1:${String(system.gatewayPort)}`;
    webhook = `${gateway}/vapi/webhook`;
    account = await SimulatedAccount.at(system.simulator.origin, {
      GATEWAY_PUBLIC_URL: gateway,
      INTERJECT_API_KEY: API_KEY,
      NATS_URL: system.nats.url,
    });
    const toolsFile = join(directory, 'tools.yaml');
    await writeFile(toolsFile, syncedToolsFile(system.backend.url, ORDER_MS));
    await system.add('http-worker', 'http-worker', { HTTP_TOOLS_FILE: toolsFile });
    await system.ready();
    await account.seed({ assistants: [assistantWith(webhook, [])] });
  }, 120_000);
  afterAll(async () => {
    await account.stop();
    const codes = await system.stop();
    await rm(directory, { recursive: true, force: true });
    expect([...codes].filter(([, code]) => code !== 0)).toEqual([]);
  }, 120_000);

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
  }, 120_000);

  it('makes them as Vapi takes and plays them', async () => {
    const kept = await account.kept();
    const named = new Map(kept.map(({ tool, ...known }) => [tool.function?.['name'], { ...known, tool }]));
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
        { heard: 'Order 4711 is on its way.', times: 1 },
        { heard: 'Order 4712 is on its way.', times: 1 },
        { reply: { tool: 'list_running_tasks', status: 200, result: '/order status/i' } },
        { order: ['Order 4711', 'Order 4712'] },
      ],
    });
    expectPassed(played);
    const orders = system.backend.requests.map(({ body }) => ({ orderId: body['orderId'], phone: body['phone'] }));
    expect(orders).toEqual(['4711', '4712'].map((orderId) => ({ orderId, phone: '+12025550101' })));
    const [call] = played.calls;
    if (call === undefined) throw new Error('There was no call.');
    const sent = eventsOf(call, 'tool-calls-sent').filter((event) => JSON.stringify(event).includes('order_status'));
    const lines = eventsOf(call, 'speech-started').filter(({ text }) => text === ORDER_STATUS.sayOnStart);
    expect(lines).toHaveLength(2);
    const waits = lines.map(({ atMs }, at) => atMs - (sent[at]?.atMs ?? 0));
    // Long before anything can be known.
    for (const waitedMs of waits) expect(waitedMs).toBeLessThan((ORDER_MS * TIME_FACTOR) / 2);
  }, 120_000);

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
  }, 120_000);
});
