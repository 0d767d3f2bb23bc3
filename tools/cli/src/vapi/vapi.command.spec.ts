import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { SystemClock } from '@interject/observability';
import { aToolDefinition } from '@interject/testing';
import { FakeAccount, startFixtureServer } from '@interject/vapi/testing';
import type { FixtureServer } from '@interject/vapi/testing';
import { vapiCommand } from './vapi.command.js';

const GATEWAY = 'https://interject.example.com';

describe('npm run vapi', () => {
  let fake: FakeAccount;
  let folder: string;
  let env: Record<string, string>;
  let confirmed: string[];
  let answer: boolean;

  beforeEach(async () => {
    fake = await FakeAccount.start();
    folder = await mkdtemp(join(tmpdir(), 'interject-vapi-'));
    const tools = [
      aToolDefinition({ timeoutMs: 20_000 }),
      { name: 'look_up', description: 'x', parameters: { type: 'object' } },
    ];
    await writeFile(join(folder, 'tools.json'), JSON.stringify({ tools }));
    env = {
      VAPI_API_KEY: 'sk_private_1',
      VAPI_BASE_URL: fake.origin,
      GATEWAY_PUBLIC_URL: `${GATEWAY}/`,
      VAPI_CREDENTIAL_ID: 'cred-1',
      VAPI_REQUEST_SPACING_MS: '0',
      INIT_CWD: folder,
    };
    confirmed = [];
    answer = true;
  });
  afterEach(async () => {
    await fake.close();
    await rm(folder, { recursive: true });
  });

  async function run(...args: string[]) {
    const out: string[] = [];
    const errors: string[] = [];
    let code: number | undefined;
    const command = vapiCommand({
      env: () => env,
      clock: new SystemClock(),
      out: (line) => out.push(line),
      error: (line) => errors.push(line),
      confirm: async (question) => {
        confirmed.push(question);
        return answer;
      },
      exit: (given) => {
        code = given;
      },
    });
    await command.parseAsync(args, { from: 'user' });
    return { code, out: out.join('\n'), errors: errors.join('\n') };
  }

  const FILE = ['--file', 'tools.json'];

  it('plans without changing anything, applies, and finds nothing left to do', async () => {
    const planned = await run('tools', 'plan', ...FILE);
    expect(planned).toMatchObject({ code: 0, errors: '' });
    expect(planned.out).toContain(`4 tools from tools.json, webhook ${GATEWAY}/vapi/webhook`);
    expect(planned.out).toContain('4 to create, 0 to update, 0 to adopt, 0 unchanged.');
    expect(fake.log).toEqual(['GET /tool']);
    expect(await run('tools', 'check', ...FILE)).toMatchObject({ code: 1 });
    const applied = await run('tools', 'apply', ...FILE);
    expect(applied).toMatchObject({ code: 0, errors: '' });
    expect(applied.out).toContain('Done: 4 changed.');
    expect(confirmed).toHaveLength(1);
    expect(fake.all('tool')).toHaveLength(4);
    expect(await run('tools', 'apply', ...FILE)).toMatchObject({ code: 0, errors: '' });
    expect(confirmed).toHaveLength(1);
    expect((await run('tools', 'check', ...FILE)).code).toBe(0);
  });

  it('asks before it changes anything, unless --yes says so', async () => {
    answer = false;
    expect(await run('tools', 'apply', ...FILE)).toMatchObject({ code: 1, errors: 'Nothing was changed.' });
    expect(fake.all('tool')).toHaveLength(0);
    expect(await run('tools', 'apply', ...FILE, '--yes', '--without-caller-tools')).toMatchObject({ code: 0 });
    expect(fake.all('tool')).toHaveLength(2);
    expect(confirmed).toHaveLength(1);
  });

  it('attaches to the named assistants what was just created', async () => {
    const id = fake.seed('assistant', {
      name: 'Desk',
      model: { provider: 'openai', toolIds: [] },
      server: { url: `${GATEWAY}/vapi/webhook`, credentialId: 'cred-1' },
    });
    const before = await run('tools', 'check', ...FILE, '--assistant', id);
    expect(before.out).toContain('attach build_report, cancel_task, list_running_tasks, look_up');
    const applied = await run('tools', 'apply', ...FILE, '--assistant', id, '--yes');
    expect(applied).toMatchObject({ code: 0, errors: '' });
    expect(fake.get('assistant', id)).toMatchObject({ model: { toolIds: fake.all('tool').map((tool) => tool['id']) } });
    expect(await run('tools', 'check', ...FILE, '--assistant', id)).toMatchObject({ code: 0 });
    expect((await run('tools', 'plan', ...FILE, '--assistant', 'nobody')).errors).toContain(
      'There is no assistant nobody',
    );
  });

  it('prints results for programs, and no secret', async () => {
    fake.seed('tool', {
      type: 'function',
      function: { name: 'build_report' },
      server: { url: 'https://u:tok-1@old.example/?k=tok-1', secret: 'tok-1', headers: { authorization: 'tok-1' } },
      parameters: [{ key: 'region', value: 'tok-1' }],
    });
    const checked = await run('tools', 'check', ...FILE, '--json');
    expect(checked.code).toBe(1);
    expect(JSON.parse(checked.out)).toMatchObject({
      source: 'tools.json',
      webhookUrl: `${GATEWAY}/vapi/webhook`,
      drift: true,
      tools: [
        { name: 'build_report', action: 'adopt' },
        { action: 'create' },
        { action: 'create' },
        { action: 'create' },
      ],
      stale: [],
      unmanaged: 0,
      findings: [],
    });
    const applied = await run('tools', 'apply', ...FILE, '--json', '--yes');
    expect(JSON.parse(applied.out)).toMatchObject({ outcomes: [{ kind: 'adopted' }, {}, {}, {}], attached: [] });
    const text = await run('tools', 'plan', ...FILE);
    expect(checked.out + applied.out + text.out).not.toMatch(/tok-1|sk_private/);
  });

  it('lets findings decide: errors always, warnings with --strict', async () => {
    await run('tools', 'apply', ...FILE, '--yes');
    fake.seed('tool', { type: 'function', function: { name: 'gone' }, server: { url: `${GATEWAY}/vapi/webhook` } });
    const found = await run('lint', ...FILE);
    expect(found).toMatchObject({ code: 0 });
    expect(found.out).toContain('warning tool-not-wanted: tool gone');
    expect((await run('lint', ...FILE, '--strict')).code).toBe(1);
    expect((await run('tools', 'check', ...FILE)).code).toBe(0);
    expect((await run('tools', 'check', ...FILE, '--prune')).code).toBe(1);
    expect((await run('tools', 'apply', ...FILE, '--prune')).out).toContain('deleted gone');
    fake.seed('assistant', {
      model: { toolIds: [String(fake.all('tool')[0]?.['id'])] },
      monitorPlan: { controlEnabled: false },
    });
    const broken = await run('lint', ...FILE, '--json');
    expect(broken.code).toBe(1);
    expect(JSON.parse(broken.out)).toMatchObject({ findings: [{ code: 'control-disabled' }, {}] });
  });

  it('reports a part that failed, and exits 1', async () => {
    fake.intercept = (response, { method, body }) => {
      const isRefused = method === 'POST' && body.includes('look_up');
      if (isRefused) response.writeHead(400).end('{"message":"not this one"}');
      return isRefused;
    };
    const applied = await run('tools', 'apply', ...FILE, '--yes');
    expect(applied.code).toBe(1);
    expect(applied.out).toContain('FAILED look_up: POST /tool: Vapi answered 400: not this one');
    expect(applied.errors).toBe('1 not done, 3 changed. Apply again: what is done stays done.');
  });

  it('reports all faults of the environment together, and exits 2', async () => {
    env = { INIT_CWD: folder, GATEWAY_PUBLIC_URL: 'http://interject.example.com', VAPI_REQUEST_SPACING_MS: 'soon' };
    const { code, errors } = await run('tools', 'plan', '--from', 'gateway');
    expect(code).toBe(2);
    for (const name of [
      'VAPI_API_KEY',
      'VAPI_REQUEST_SPACING_MS',
      'INTERJECT_API_KEY',
      'GATEWAY_PUBLIC_URL: must be https',
    ]) {
      expect(errors).toContain(name);
    }
  });

  it.each([
    [['--from', 'file'], '--from file needs --file'],
    [['--from', 'nats', '--prune'], '--prune needs --file'],
    [['--file', 'tools.json', '--from', 'nats'], '--file does not go with --from nats'],
    [['--file', 'nowhere.json'], 'nowhere.json cannot be read (ENOENT)'],
    [['--file', 'bad.json'], 'tool number 1 does not fit: name '],
    [['--file', 'twice.json'], 'look_up is defined twice'],
    [['--file', 'none.json', '--prune'], '--prune would delete all of them'],
    [['--file', 'text.json'], 'text.json holds no JSON'],
    [['--file', 'other.json'], 'other.json holds no list of tools'],
  ])('exits 2 for %j', async (args, text) => {
    const tool = { name: 'look_up', description: 'x', parameters: {} };
    const contents = { bad: [{ ...tool, name: 'a b' }], twice: [tool, tool], none: [], other: {} };
    for (const [name, content] of Object.entries(contents)) {
      await writeFile(join(folder, `${name}.json`), JSON.stringify(content));
    }
    await writeFile(join(folder, 'text.json'), 'tools:');
    const { code, errors } = await run('tools', 'apply', '--yes', ...args);
    expect({ code, errors }).toEqual({ code: 2, errors: expect.stringContaining(text) });
    expect(fake.log).toEqual([]);
  });

  it('exits 2 when Vapi refuses the key', async () => {
    fake.intercept = (response) => {
      response.writeHead(401).end();
      return true;
    };
    expect(await run('tools', 'check', ...FILE)).toMatchObject({
      code: 2,
      errors: expect.stringContaining('VAPI_API_KEY'),
    });
  });

  describe('with a gateway', () => {
    let gateway: FixtureServer;
    let status: number;

    beforeEach(async () => {
      status = 200;
      gateway = await startFixtureServer((response) => {
        const live = {
          name: 'build_report',
          status: 'live',
          definition: aToolDefinition(),
          replicas: [],
          conflicts: [],
        };
        const idle = { ...live, name: 'b', status: 'no-worker', definition: aToolDefinition({ name: 'b' }) };
        response.writeHead(status).end(JSON.stringify({ tools: [idle, live] }));
      });
      env['INTERJECT_API_KEY'] = 'interject-key';
    });
    afterEach(() => gateway.close());

    it('reads its tools by default, and exports them for a system that does not run', async () => {
      env['GATEWAY_PUBLIC_URL'] = gateway.origin;
      const planned = await run('tools', 'plan');
      expect(planned).toMatchObject({ code: 0, errors: 'note: b: no worker runs it at the moment' });
      expect(planned.out).toContain(`4 tools from the gateway at ${gateway.origin}`);
      expect(gateway.requests[0]).toMatchObject({ path: '/tools', headers: { authorization: 'Bearer interject-key' } });
      expect(await run('tools', 'export', '--output', 'exported.json')).toMatchObject({ code: 0 });
      expect((await run('tools', 'export', '--check', 'exported.json')).code).toBe(0);
      const exported = await readFile(join(folder, 'exported.json'), 'utf8');
      await run('tools', 'apply', '--yes');
      await gateway.close();
      expect((await run('tools', 'check', '--file', 'exported.json')).code).toBe(0);
      await writeFile(join(folder, 'exported.json'), exported.replace('Builds', 'Makes'));
      expect((await run('tools', 'export', '--file', 'tools.json', '--check', 'exported.json')).code).toBe(1);
    });

    it.each([
      [401, 'refuses INTERJECT_API_KEY'],
      [403, 'has no INTERJECT_API_KEY'],
      [404, 'answered 404: is that a gateway?'],
      [302, 'answered 302'],
    ])('exits 2 when it answers %i', async (given, text) => {
      status = given;
      const { code, errors } = await run('tools', 'plan', '--gateway', gateway.origin);
      expect({ code, errors }).toEqual({ code: 2, errors: expect.stringContaining(text) });
    });

    it('exits 2 when it is not there', async () => {
      await gateway.close();
      const { code, errors } = await run('tools', 'plan', '--gateway', gateway.origin);
      expect({ code, errors }).toEqual({ code: 2, errors: expect.stringContaining('No gateway answers') });
    });
  });
});
