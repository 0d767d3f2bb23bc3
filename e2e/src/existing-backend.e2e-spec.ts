import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseEnv } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ToolCallFinished } from '@interject/contracts';
import { eventually, freePort } from '@interject/testing';
import { parse } from 'yaml';
import { processEnvironment } from './harness/environment.js';
import { expectPassed } from './harness/expect-passed.js';
import { InterjectSystem } from './harness/interject-system.js';
import { ROOT } from './harness/service-process.js';
import type { Played } from './harness/simulator.js';
import { historyIn } from './harness/stage.js';

/** Ports that the guide gives to its backends. */
const GUIDE_PORTS = ['8080', '8081', '8082'] as const;
const SERVERS = ['orders/webhook.mjs', 'orders/api.mjs', 'orders/automation.mjs'] as const;

/** The files of the guide: blocks whose first line names one. A block that continues another is put behind it. */
async function filesOfGuide(): Promise<Map<string, string>> {
  const guide = await readFile(join(ROOT, 'docs/guides/existing-backend.md'), 'utf8');
  const files = new Map<string, string>();
  for (const [, block = ''] of guide.matchAll(/^```(?:js|yaml|sh)\n(.*?)^```$/gms)) {
    const [, name] = /^(?:\/\/|#) ([\w./-]+?)(?:, continued)?\n/.exec(block) ?? [];
    if (name !== undefined) files.set(name, (files.get(name) ?? '') + block);
  }
  return files;
}

/** The commands that play a call, as `--set` gives their variables. */
async function callsOfGuide(): Promise<Record<string, string>[]> {
  const guide = await readFile(join(ROOT, 'docs/guides/existing-backend.md'), 'utf8');
  return [...guide.matchAll(/^npm run call -- orders\/call\.yaml(.*)$/gm)].map(([, options = '']) => {
    const set: Record<string, string> = {};
    for (const [, key = '', quoted, plain = ''] of options.matchAll(/--set (\w+)=(?:"([^"]*)"|(\S+))/g)) {
      set[key] = quoted ?? plain;
    }
    return set;
  });
}

async function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => {
      resolve(false);
    });
  });
}

describe('docs/guides/existing-backend.md', () => {
  let directory: string;
  let system: InterjectSystem;
  const backends: ChildProcess[] = [];
  const played = new Map<string, Promise<Played>>();

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'interject-guide-'));
    const ports = await Promise.all(GUIDE_PORTS.map(() => freePort()));
    const moved = (text: string): string =>
      GUIDE_PORTS.reduce((all, port, i) => all.replaceAll(`127.0.0.1:${port}`, `127.0.0.1:${String(ports[i])}`), text);
    const files = await filesOfGuide();
    for (const [name, text] of files) {
      await mkdir(dirname(join(directory, name)), { recursive: true });
      await writeFile(join(directory, name), moved(text));
    }
    const guideEnv = parseEnv(files.get('.env') ?? '') as Record<string, string>;
    for (const [i, server] of SERVERS.entries()) {
      const env = { ...processEnvironment(), PORT: String(ports[i]), SLOW_MS: '1200' };
      backends.push(
        spawn(process.execPath, [join(directory, server)], { env, stdio: ['ignore', 'ignore', 'inherit'] }),
      );
    }
    const { CALLBACK_SECRET = '', ORDERS_SECRET = '', HTTP_TOOLS_FILE = '' } = guideEnv;
    system = await InterjectSystem.start({ services: ['gateway', 'notifier'], env: { CALLBACK_SECRET } });
    await system.add('http-worker', 'http-worker', {
      HTTP_TOOLS_FILE: join(directory, HTTP_TOOLS_FILE),
      GATEWAY_PUBLIC_URL: `http://127.0.0.1:${String(system.gatewayPort)}`,
      ORDERS_SECRET,
    });
    await system.ready();
    await Promise.all(ports.map((port) => eventually(() => listens(port))));
    const scenario = parse(files.get('orders/call.yaml') ?? '') as { vars: Record<string, string> };
    for (const set of await callsOfGuide()) {
      const vars = { ...scenario.vars, ...set };
      played.set(vars['tool'] ?? '', system.simulator.play({ ...scenario, vars }));
    }
  }, 60_000);
  afterAll(async () => {
    await Promise.allSettled(played.values());
    const codes = await system.stop().finally(async () => {
      for (const backend of backends) backend.kill('SIGKILL');
      await rm(directory, { recursive: true, force: true });
    });
    expect([...codes].filter(([, code]) => code !== 0)).toEqual([]);
  }, 60_000);

  async function resultsOf(callId: string): Promise<ToolCallFinished[]> {
    const messages = await system.inspector.messages('CALL_EVENTS', /\.result\./);
    return messages.map(({ data }) => data as ToolCallFinished).filter((result) => result.callId === callId);
  }

  it('shows every file that the test needs, and a call of each part', async () => {
    expect([...(await filesOfGuide()).keys()].sort()).toEqual(
      ['.env', ...SERVERS, 'orders/call.yaml', 'orders/tools.yaml'].sort(),
    );
    expect([...played.keys()]).toEqual(['order_status', 'delivery_day', 'send_invoice']);
  });

  it.each([
    ['order_status', 'Order 4711 has left the warehouse and arrives tomorrow.'],
    ['delivery_day', 'Order 4711 comes on Friday.'],
    ['send_invoice', 'The invoice of order 4711 was sent to your mail address.'],
  ])('has %s heard in its call, once', async (tool, text) => {
    const ended = await played.get(tool);
    if (ended === undefined) throw new Error('It was not played.');
    expectPassed(ended);
    expect(ended.heard).toEqual([text]);
    const callId = ended.calls[0]?.callId ?? '';
    expect((await historyIn(system, callId)).states).toBe('sending heard');
    expect(await resultsOf(callId)).toEqual([expect.objectContaining({ tool, outcome: 'succeeded', attempts: 1 })]);
  });

  it('keeps the secrets of its .env out of every log and out of GET /tools', async () => {
    await Promise.allSettled(played.values());
    const printed = [...system.services.values()].map(({ output }) => output).join('');
    const tools = JSON.stringify((await system.api('/tools')).body);
    expect(tools).toContain('send_invoice');
    for (const secret of ['orders-secret', 'sixteen-characters-or-more']) {
      expect(printed).not.toContain(secret);
      expect(tools).not.toContain(secret);
    }
  });
});
