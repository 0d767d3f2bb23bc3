import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '@interject/testing';
import type { ServiceKind } from '../fault.types.js';
import { ServiceProcess } from '../../harness/service-process.js';

/** Folders below apps/. */
const FOLDERS: Readonly<Record<ServiceKind, string>> = {
  gateway: 'gateway',
  worker: 'http-worker',
  notifier: 'notifier',
};
/** The supervisor's pause before it starts a service again that died (DESIGN 10). */
const RESTART_MS = 250;
/** Several start at once, beside the load. */
const START_TIMEOUT_MS = 90_000;

/** One of the processes of a service: the same place in the system, whichever process fills it. */
export class Replica {
  /** Exit codes of clean stops that were none. */
  readonly badStops: string[] = [];
  private process: ServiceProcess | undefined;
  private outputBefore = '';
  private isFrozen = false;
  /** It was killed or stopped on purpose. */
  private isDown = true;
  private isOver = false;

  /** @param environmentOf asked at each start */
  constructor(
    readonly kind: ServiceKind,
    readonly index: number,
    private readonly environmentOf: () => Readonly<Record<string, string>>,
  ) {}

  /** E.g. `notifier 2`. */
  get title(): string {
    return `${this.kind} ${String(this.index + 1)}`;
  }

  get pid(): number | undefined {
    return this.process?.pid;
  }

  /** What all its processes have printed, the last of it. */
  get output(): string {
    return this.outputBefore + (this.process?.output ?? '');
  }

  /** It has died by itself. */
  get hasCrashed(): boolean {
    return !this.isDown && this.process?.pid === undefined;
  }

  /** Starts a new process in its place. @throws Error after {@link end} */
  async start(): Promise<void> {
    const managementPort = await freePort();
    if (this.isOver) throw new Error(`${this.title} is not started any more: the system has been ended`);
    const folder = FOLDERS[this.kind];
    const name = `${folder.toUpperCase().replaceAll('-', '_')}_MANAGEMENT_PORT`;
    this.outputBefore = this.output;
    this.process = new ServiceProcess(folder, managementPort, {
      ...this.environmentOf(),
      [name]: String(managementPort),
    });
    this.process.start();
    this.isDown = false;
  }

  /** Resolves when it says that it is ready. @throws Error with what it printed when it does not get so far */
  async ready(): Promise<void> {
    await this.process?.ready(undefined, START_TIMEOUT_MS);
  }

  /** Whether it takes calls of these tools. */
  async knows(tools: readonly string[]): Promise<boolean> {
    const report = await this.process?.ready();
    const names = (report?.checks['tools']?.['names'] ?? []) as readonly string[];
    return tools.every((tool) => names.includes(tool));
  }

  /** kill -9. */
  async kill(): Promise<void> {
    this.isDown = true;
    await this.process?.kill();
  }

  /** kill -9, and nothing takes its place: a start may be under way. */
  async end(): Promise<void> {
    this.isOver = true;
    await this.kill();
  }

  /** SIGTERM, until it is gone: a clean stop exits 0. */
  async stop(): Promise<void> {
    this.thaw();
    this.isDown = true;
    const code = await this.process?.stop();
    if (code !== 0) this.badStops.push(`${this.title} exited ${String(code)} after SIGTERM`);
  }

  /** What the supervisor does when a process has died: a new one after a moment. Resolves when it is ready. */
  async revive(): Promise<void> {
    await sleep(RESTART_MS);
    await this.start();
    await this.ready();
  }

  /** SIGSTOP: it stands still, its connections stay. */
  freeze(): void {
    this.process?.signal('SIGSTOP');
    this.isFrozen = true;
  }

  /** SIGCONT. */
  thaw(): void {
    if (this.isFrozen && this.pid !== undefined) this.process?.signal('SIGCONT');
    this.isFrozen = false;
  }
}
