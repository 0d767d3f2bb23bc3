import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually, freePort, NatsServer } from '@interject/testing';
import { Backend } from './harness/backend.js';
import { hiddenDotEnv, processEnvironment, serviceEnvironment } from './harness/environment.js';
import { reportCall } from './harness/scenarios.js';
import { ROOT } from './harness/service-process.js';
import { Simulator } from './harness/simulator.js';
import { httpTools } from './harness/tools.js';

/** What runs here; a worker that somebody generated is left out, for its port may be taken. */
const SERVED = ['appointments-worker', 'gateway', 'http-worker', 'notifier'];

/** `NAME_OF_SERVICE` */
function prefixOf(service: string): string {
  return service.toUpperCase().replaceAll('-', '_');
}

/** Processes whose parent is `parent` and whose command line is `node apps/<service>/dist/main.js`. */
async function childrenOf(parent: number): Promise<Map<string, number>> {
  const found = new Map<string, number>();
  for (const entry of await readdir('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    const stat = await readFile(`/proc/${entry}/stat`, 'utf8').catch(() => '');
    if (stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1] !== String(parent)) continue;
    const command = (await readFile(`/proc/${entry}/cmdline`, 'utf8').catch(() => '')).split('\0');
    const service = /^apps\/([a-z-]+)\/dist\/main\.js$/.exec(command[1] ?? '')?.[1];
    if (service !== undefined) found.set(service, Number(entry));
  }
  return found;
}

describe('npm run serve', () => {
  let nats: NatsServer;
  let backend: Backend;
  let simulator: Simulator;
  let directory: string;
  let serve: ChildProcess;
  let output = '';

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'interject-serve-'));
    nats = await NatsServer.start();
    backend = await Backend.start();
    await writeFile(join(directory, 'tools.yaml'), httpTools(backend.url));
    const gatewayPort = await freePort();
    simulator = await Simulator.forGateway(gatewayPort);
    const ports: Record<string, string> = {};
    for (const app of await readdir(join(ROOT, 'apps'))) {
      if (SERVED.includes(app)) ports[`${prefixOf(app)}_MANAGEMENT_PORT`] = String(await freePort());
      else ports[`${prefixOf(app)}_REPLICAS`] = '0';
    }
    const env = serviceEnvironment({ natsUrl: nats.url, gatewayPort, simulatorOrigin: simulator.origin, directory });
    output = '';
    serve = spawn(process.execPath, ['tools/setup/serve.mjs'], {
      cwd: ROOT,
      env: {
        ...processEnvironment(),
        ...hiddenDotEnv(ROOT),
        INTERJECT_STATE_DIR: join(directory, 'state'),
        ...env,
        ...ports,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    for (const stream of [serve.stdout, serve.stderr]) {
      stream?.on('data', (chunk: Buffer) => {
        output += chunk.toString();
      });
    }
    await ready(1);
  }, 120_000);
  afterEach(async () => {
    if (serve.exitCode === null && serve.pid !== undefined) process.kill(-serve.pid, 'SIGKILL');
    await simulator.stop();
    await backend.stop();
    await nats.dispose();
    await rm(directory, { recursive: true, force: true });
  }, 30_000);

  async function ready(times: number): Promise<void> {
    await eventually(
      () => {
        if (serve.exitCode !== null) throw new Error(`it exited:\n${output.slice(-3000)}`);
        return output.split('interject ready').length > times;
      },
      { timeoutMs: 60_000 },
    ).catch((cause: unknown) => {
      throw new Error(`It never said that it is ready:\n${output.slice(-3000)}`, { cause });
    });
  }

  async function expectSpoken(region: string): Promise<void> {
    const played = await simulator.play(
      reportCall(region, { backoffPlan: { type: 'fixed', maxRetries: 10, baseDelaySeconds: 2 } }),
    );
    if (played.verdict !== 'passed')
      throw new Error(`${played.reasons.join('\n')}\n${played.transcript}\n${output.slice(-3000)}`);
  }

  it('starts every service again that is killed, and stops all within 10 s', async () => {
    const parent = serve.pid ?? 0;
    const before = await childrenOf(parent);
    expect([...before.keys()].sort()).toEqual(SERVED);
    for (const pid of before.values()) process.kill(pid, 'SIGKILL');
    const after = await eventually(
      async () => {
        const now = await childrenOf(parent);
        return now.size === before.size && [...now].every(([name, pid]) => pid !== before.get(name)) ? now : undefined;
      },
      { timeoutMs: 20_000 },
    );
    expect(after.size).toBe(4);
    await eventually(
      async () => {
        await expectSpoken('after kill');
        return true;
      },
      { timeoutMs: 60_000 },
    );

    const started = performance.now();
    const exited = new Promise<number | null>((resolve) => serve.once('exit', resolve));
    // To the whole group, as a terminal or a container runtime may do.
    process.kill(-parent, 'SIGTERM');
    expect(await exited).toBe(0);
    expect(performance.now() - started).toBeLessThan(10_000);
    for (const pid of after.values()) {
      expect(() => process.kill(pid, 0)).toThrow('ESRCH');
    }
  }, 150_000);
});
