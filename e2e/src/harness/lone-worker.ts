import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually, NatsProxy } from '@interject/testing';
import { Backend } from './backend.js';
import type { InterjectSystem } from './interject-system.js';
import type { ServiceProcess } from './service-process.js';
import { oneToolFile } from './tools.js';
import type { PlanWishes } from './tools.js';

/**
 * A worker with one tool and a backend of its own: several of them live in one system, and each may be killed without the
 * others noticing.
 */
export class LoneWorker {
  private count = 0;
  private current: ServiceProcess | undefined;

  private constructor(
    private readonly system: InterjectSystem,
    readonly tool: string,
    readonly backend: Backend,
    private readonly directory: string,
    /** Between the first process and NATS. */
    readonly proxy: NatsProxy,
  ) {}

  /** Starts its first process, behind a proxy, and waits until the gateway knows its tool. */
  static async start(system: InterjectSystem, tool: string, wishes: PlanWishes = {}): Promise<LoneWorker> {
    const backend = await Backend.start();
    const directory = await mkdtemp(join(tmpdir(), 'interject-e2e-worker-'));
    const worker = new LoneWorker(system, tool, backend, directory, await NatsProxy.start(system.nats.url));
    try {
      await worker.redefine(wishes);
      await (await worker.next({ NATS_URL: worker.proxy.url })).ready();
    } catch (error) {
      await worker.kill();
      await worker.dispose();
      throw error;
    }
    return worker;
  }

  /** Starts a further process. */
  async next(env: Readonly<Record<string, string>> = {}): Promise<ServiceProcess> {
    this.count += 1;
    const key = `${this.tool}-${String(this.count)}`;
    const file = { HTTP_TOOLS_FILE: join(this.directory, 'tools.yaml') };
    this.current = await this.system.add('http-worker', key, { ...file, ...env });
    return this.current;
  }

  /** What the tool is like in the processes that are started from now on. */
  async redefine(wishes: PlanWishes): Promise<void> {
    await writeFile(join(this.directory, 'tools.yaml'), oneToolFile(this.tool, this.backend.url, wishes));
  }

  /** kill -9 of the process that was started last. */
  async kill(): Promise<void> {
    await this.current?.kill();
  }

  /** SIGTERM to the same one. Resolves to its exit code. */
  async stop(): Promise<number | null> {
    return this.current?.stop() ?? 0;
  }

  /** Resolves when NATS has nothing more for it to do. */
  async idle(): Promise<void> {
    await eventually(async () => (await this.system.inspector.pending('TOOL_CALLS', `worker-${this.tool}`)) === 0, {
      timeoutMs: 20_000,
    });
  }

  /** After its processes were stopped with the system. */
  async dispose(): Promise<void> {
    await this.proxy.stop();
    await this.backend.stop();
    await rm(this.directory, { recursive: true, force: true });
  }
}
