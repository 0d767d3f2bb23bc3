import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { eventually, freePort } from '@interject/testing';

jest.setTimeout(60_000);

const here = join(import.meta.dirname, '..');
const SERVICES = ['gateway', 'notifier', 'http-worker', 'appointments-worker'];

/** What a service's package.json says about it; the ports are moved by each run. */
function manifestOf(service: string): string {
  const interject = {
    role: SERVICES.indexOf(service) < 2 ? service : 'worker',
    managementPort: 9100 + SERVICES.indexOf(service),
    ...(service === 'gateway' && { http: { variable: 'GATEWAY_PORT', port: 3000 } }),
    ...(service === 'http-worker' && { needs: 'HTTP_TOOLS_FILE' }),
  };
  return JSON.stringify({ type: 'module', interject });
}

/** A supervisor in a process (and process group) of its own, over fake services in a folder of their own. */
class Run {
  readonly root = mkdtempSync(join(tmpdir(), 'interject-supervisor-'));
  private readonly eventsFile = join(this.root, 'events');
  private child: ChildProcess | undefined;
  stdout = '';
  stderr = '';
  exit: { code: number | null; signal: string | null; afterMs: number } | undefined;
  private signalledAt = 0;

  constructor() {
    writeFileSync(join(this.root, 'package.json'), '{"type":"module"}');
    for (const service of SERVICES) {
      mkdirSync(join(this.root, 'apps', service, 'dist'), { recursive: true });
      cpSync(join(here, 'fixtures/fake-service.mjs'), join(this.root, 'apps', service, 'dist/main.js'));
      writeFileSync(join(this.root, 'apps', service, 'package.json'), manifestOf(service));
    }
  }

  async start(env: Record<string, string> = {}): Promise<void> {
    const ports: Record<string, string> = { GATEWAY_PORT: '0' };
    for (const service of SERVICES) {
      ports[`${service.toUpperCase().replaceAll('-', '_')}_MANAGEMENT_PORT`] = String(await freePort());
    }
    const child = spawn(process.execPath, [join(here, 'fixtures/run-supervisor.mjs')], {
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        PATH: `/usr/bin:/bin:/usr/sbin:/usr/local/bin:/opt/homebrew/bin`,
        ROOT: this.root,
        STATE_DIRECTORY: join(this.root, 'state'),
        NATS_SERVER: existsSync('/usr/sbin/nats-server') ? '/usr/sbin/nats-server' : 'nats-server',
        FAKE_EVENTS: this.eventsFile,
        HTTP_TOOLS_FILE: 'tools.yaml',
        ...ports,
        ...env,
      },
    });
    this.child = child;
    child.stdout.on('data', (chunk: Buffer) => (this.stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (this.stderr += chunk.toString()));
    child.once('exit', (code, signal) => (this.exit = { code, signal, afterMs: performance.now() - this.signalledAt }));
  }

  get pid(): number {
    return this.child?.pid ?? 0;
  }

  get events(): string[] {
    return existsSync(this.eventsFile) ? readFileSync(this.eventsFile, 'utf8').trim().split('\n') : [];
  }

  get starts(): string[] {
    return this.events.filter((line) => line.split(' ')[1] === 'started');
  }

  /** Process ids of a service, in the order of its starts. */
  pids(service: string): number[] {
    return this.events
      .filter((line) => line.startsWith(`${service} started`))
      .map((line) => Number(line.split(' ')[2]));
  }

  get brokerPid(): number {
    return Number(readFileSync(join(this.root, 'state/nats.pid'), 'utf8'));
  }

  signal(signal: NodeJS.Signals, to: 'process' | 'group' = 'process'): void {
    this.signalledAt = performance.now();
    process.kill(to === 'group' ? -this.pid : this.pid, signal);
  }

  async exited(): Promise<{ code: number | null; signal: string | null; afterMs: number }> {
    return eventually(() => this.exit, { timeoutMs: 15_000 });
  }

  async says(text: string): Promise<void> {
    await eventually(() => this.stdout.includes(text), { timeoutMs: 20_000 }).catch(() => {
      throw new Error(`Never said "${text}", but:\n${this.stdout}\n${this.stderr}`);
    });
  }

  dispose(): void {
    const pids = [this.pid, ...SERVICES.flatMap((service) => this.pids(service))];
    if (existsSync(join(this.root, 'state/nats.pid'))) pids.push(this.brokerPid);
    for (const pid of pids.filter(isAlive)) process.kill(pid, 'SIGKILL');
    rmSync(this.root, { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  if (!(pid > 1)) return false;
  try {
    process.kill(pid, 0);
    // A zombie (its parent is gone, nobody has collected it yet) runs no more.
    return process.platform !== 'linux' || !/\) [ZX]/.test(readFileSync(`/proc/${String(pid)}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

describe('Supervisor', () => {
  let run: Run;

  beforeAll(() => {
    // The supervisor under test is a process, so it has to be compiled.
    execFileSync(process.execPath, [
      join(here, '../../node_modules/typescript/bin/tsc'),
      '-b',
      join(here, 'tsconfig.lib.json'),
    ]);
  });

  beforeEach(() => {
    run = new Run();
  });

  afterEach(() => {
    run.dispose();
  });

  it('starts a broker and every service, says when all is ready, and stops in order', async () => {
    await run.start();
    await run.says('interject ready\n');

    const natsUrl = /nats:\/\/127\.0\.0\.1:\d+/.exec(run.stdout)?.[0];
    expect(run.starts.map((line) => line.split(' ')[0]).sort()).toEqual([...SERVICES].sort());
    expect(run.starts.every((line) => line.endsWith(` ${String(natsUrl)}`))).toBe(true);
    expect(run.stdout).toContain('[gateway] gateway listens\n');
    if (process.platform === 'linux') {
      const commandLine = readFileSync(`/proc/${String(run.pids('notifier')[0])}/cmdline`, 'utf8').split('\0');
      expect(commandLine).toEqual(['node', 'apps/notifier/dist/main.js', '']);
    }

    const brokerPid = run.brokerPid;
    run.signal('SIGTERM');

    expect(await run.exited()).toMatchObject({ code: 0 });
    const stops = run.events.filter((line) => line.endsWith(' stopped')).map((line) => line.split(' ')[0]);
    expect([stops[0], stops.at(-1), stops.length]).toEqual(['gateway', 'notifier', 4]);
    expect(isAlive(brokerPid)).toBe(false);
  });

  it('stops the same when the whole group gets the signal, and restarts none of them', async () => {
    await run.start({ FAKE_HTTP_WORKER: 'stop-after=600' });
    await run.says('interject ready\n');
    const brokerPid = run.brokerPid;

    run.signal('SIGTERM', 'group');

    expect(await run.exited()).toMatchObject({ code: 0 });
    for (const service of SERVICES) expect(run.pids(service).length).toBe(1);
    const stops = run.events.filter((line) => line.endsWith(' stopped')).map((line) => line.split(' ')[0]);
    expect([stops[0], stops.at(-1), stops.length]).toEqual(['gateway', 'notifier', 4]);
    expect([brokerPid, ...SERVICES.flatMap((service) => run.pids(service))].filter(isAlive)).toEqual([]);
  });

  it('starts a killed service again, and the broker too', async () => {
    await run.start({ NOTIFIER_REPLICAS: '2' });
    await run.says('interject ready\n');
    const first = run.pids('notifier');
    const brokerPid = run.brokerPid;

    process.kill(first[0] ?? 0, 'SIGKILL');
    await eventually(() => run.pids('notifier').length === 3);
    await run.says('is ready again');
    process.kill(brokerPid, 'SIGKILL');
    await eventually(() => run.brokerPid !== brokerPid && isAlive(run.brokerPid));

    expect(run.stdout).toMatch(/notifier(-2)? ended \(SIGKILL\), starting it again in 250 ms/);
    expect(run.pids('gateway').length).toBe(1);
    run.signal('SIGINT');
    expect(await run.exited()).toMatchObject({ code: 0 });
  });

  it('is not ready before the gateway knows the tools of the workers', async () => {
    await run.start({ FAKE_HTTP_WORKER: 'tools=order_status', FAKE_GATEWAY: 'learns' });
    for (const service of SERVICES) await run.says(`${service} is ready`);
    const looks = (): number => run.events.filter((line) => line === 'gateway asked').length;
    const before = looks();
    await eventually(() => looks() > before + 2);
    expect(run.stdout).not.toContain('interject ready');

    writeFileSync(join(run.root, 'events.tools'), 'find_slots+order_status');

    await run.says('interject ready\n');
    run.signal('SIGTERM');
    expect(await run.exited()).toMatchObject({ code: 0 });
  });

  it('kills within 10 s what does not stop, and says which', async () => {
    await run.start({ FAKE_NOTIFIER: 'deaf' });
    await run.says('interject ready\n');

    run.signal('SIGTERM');

    const exit = await run.exited();
    expect(exit.code).toBe(0);
    expect(exit.afterMs).toBeGreaterThan(8_500);
    expect(exit.afterMs).toBeLessThan(10_000);
    expect(run.stdout).toContain('notifier did not stop in time and is killed');
    expect(run.pids('notifier').filter(isAlive)).toEqual([]);
  });

  it('kills at once on a second Ctrl-C', async () => {
    await run.start({ FAKE_HTTP_WORKER: 'deaf' });
    await run.says('interject ready\n');
    const brokerPid = run.brokerPid;

    run.signal('SIGINT');
    await eventually(() => run.events.includes('gateway stopped'));
    // Sooner it would be taken for the same Ctrl-C (decideSignal).
    await new Promise((resolve) => setTimeout(resolve, 600));
    run.signal('SIGINT');

    const exit = await run.exited();
    expect(exit.code).toBe(130);
    expect(exit.afterMs).toBeLessThan(1_000);
    await eventually(() => ![brokerPid, ...SERVICES.flatMap((service) => run.pids(service))].some(isAlive));
  });

  it('says plainly which service does not get anywhere, with its last words', async () => {
    await run.start({ FAKE_GATEWAY: 'fail' });

    await run.says('gateway ended 5 times in a row before it was ready. Its last words:');
    await run.says('  GATEWAY_SECRET must be set');

    run.signal('SIGTERM');
    expect(await run.exited()).toMatchObject({ code: 0 });
  });

  it('refuses a taken port, naming the variable', async () => {
    const server = createServer();
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const address = server.address();
    const port = String(typeof address === 'object' ? address?.port : 0);

    await run.start({ GATEWAY_PORT: port });

    expect(await run.exited()).toMatchObject({ code: 1 });
    expect(run.stderr).toContain(`Port ${port} of gateway is taken: set GATEWAY_PORT to another one.`);
    expect(run.events).toEqual([]);
    await new Promise((done) => server.close(done));
  });

  it('refuses to share a state directory', async () => {
    await run.start();
    await run.says('interject ready\n');
    const second = new Run();
    try {
      await second.start({ STATE_DIRECTORY: join(run.root, 'state') });

      expect(await second.exited()).toMatchObject({ code: 1 });
      expect(second.stderr).toContain('Interject is running already');
    } finally {
      second.dispose();
    }
  });

  it('uses the broker of NATS_URL and starts none', async () => {
    await run.start({ NATS_URL: 'nats://broker.example:4222' });
    await run.says('interject ready\n');

    expect(run.stdout).not.toContain('nats-server');
    expect(run.starts.length).toBe(4);
    expect(run.starts.every((line) => line.endsWith(' nats://broker.example:4222'))).toBe(true);
    expect(existsSync(join(run.root, 'state'))).toBe(false);
  });

  const onLinux = process.platform === 'linux' ? it : it.skip;
  onLinux('leaves no child behind when it is killed itself', async () => {
    await run.start();
    await run.says('interject ready\n');
    const pids = [run.brokerPid, ...SERVICES.flatMap((service) => run.pids(service))];
    expect(pids.filter(isAlive).length).toBe(5);

    run.signal('SIGKILL');

    await eventually(() => !pids.some(isAlive));
  });
});
