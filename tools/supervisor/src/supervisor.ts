import { existsSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { assertPortsFree } from './free-port.js';
import { lockStateDirectory, type InstanceLock } from './instance-lock.js';
import { ManagedProcess, type ProcessListener } from './managed-process.js';
import { brokerGreets, prepareBroker } from './nats-broker.js';
import { FileOutput, TerminalOutput, type ProcessOutput } from './process-output.js';
import { planProcesses, type Environment, type PlannedProcess } from './process-plan.js';
import { ReadinessWatch, type WatchedProcess } from './readiness-watch.js';
import { readServices, type ServiceDefinition } from './service-list.js';
import { stopInOrder } from './stop-sequence.js';
import { SupervisorError } from './supervisor-error.js';

export interface SupervisorOptions {
  /** Root of the repository: working directory of every service. */
  readonly root: string;
  /** Read for ports, replicas and `NATS_URL`, and handed on to every process. */
  readonly env: Environment;
  /** Configuration and store of our own broker. */
  readonly stateDirectory: string;
  /** Begin with an empty broker store, for demos. */
  readonly freshStore?: boolean;
  /** Path of nats-server; not needed with `NATS_URL`. */
  readonly natsServer?: string;
  /** Directory of the log files; without one all output goes to the terminal, each line with its service. */
  readonly logDirectory?: string;
  /** More processes beside the services, started and watched like them, stopped after them. */
  readonly companions?: readonly PlannedProcess[];
  /** Instead of those that the workspace has. */
  readonly services?: readonly ServiceDefinition[];
  /** Takes each line that the supervisor itself has to say. */
  readonly print: (line: string) => void;
  /**
   * A process died again and again without having been ready, or at once of its configuration. It is started again all the
   * same, unless the caller stops everything.
   */
  readonly onHopeless?: (id: string, isConfigurationFault: boolean, lastLines: readonly string[]) => void;
}

type State = 'new' | 'starting' | 'running' | 'stopping' | 'stopped';

/** Runs the broker and every service, each as a process of its own, and starts again what dies. */
export class Supervisor {
  private state: State = 'new';
  private readonly output: ProcessOutput;
  private lock: InstanceLock | undefined;
  private broker: ManagedProcess | undefined;
  private watched: readonly WatchedProcess[] = [];
  private usedNatsUrl: string | undefined;
  private watch: ReadinessWatch | undefined;
  private stopping: Promise<void> | undefined;

  constructor(private readonly options: SupervisorOptions) {
    const { logDirectory } = options;
    this.output =
      logDirectory === undefined ? new TerminalOutput(process.stdout, process.stderr) : new FileOutput(logDirectory);
  }

  /**
   * Starts everything and resolves with true when all is ready (which it prints), with false when it was stopped before.
   * @throws SupervisorError if something is wrong before the first process starts
   */
  async start(): Promise<boolean> {
    if (this.state !== 'new') throw new Error('A supervisor starts once.');
    this.state = 'starting';
    const planned = await this.plan();
    const natsUrl = await this.startBroker(planned);
    this.usedNatsUrl = natsUrl;
    if (this.isStopping) return false;
    this.watched = planned.map((plan) => ({ plan, process: this.processOf(plan, natsUrl) }));
    this.options.print(`starting ${planned.map(({ id }) => id).join(', ')}`);
    for (const { process } of this.watched) process.start();
    this.watch = new ReadinessWatch(this.watched, this.options.print);
    const ready = await this.watch.untilReady();
    if (!ready || this.isStopping) return false;
    this.state = 'running';
    this.options.print('interject ready');
    void this.watch.keepWatching();
    return true;
  }

  /** Stops all in order: gateway, workers, notifier, companions, broker. Resolves within 10 s. Starts nothing again. */
  stop(): Promise<void> {
    this.stopping ??= this.stopAll();
    return this.stopping;
  }

  /** Kills every child at once; also fit for the last moment of this process. */
  kill(): void {
    this.state = 'stopped';
    this.watch?.stop();
    for (const { process } of this.watched) process.kill();
    this.broker?.kill();
  }

  /** Where its services find NATS; undefined before the start. */
  get natsUrl(): string | undefined {
    return this.usedNatsUrl;
  }

  get isStopping(): boolean {
    return this.state === 'stopping' || this.state === 'stopped';
  }

  private async stopAll(): Promise<void> {
    this.state = 'stopping';
    this.watch?.stop();
    await stopInOrder(this.watched, this.broker, this.options.print);
    this.output.close();
    this.lock?.release();
    this.state = 'stopped';
  }

  private async plan(): Promise<readonly PlannedProcess[]> {
    const { root, env, print, companions = [] } = this.options;
    const { processes, ports, leftOut } = planProcesses(this.options.services ?? readServices(root), env);
    for (const line of leftOut) print(line);
    const files = new Set(processes.flatMap(({ args }) => args));
    const unbuilt = [...files].filter((file) => !existsSync(join(root, file)));
    if (unbuilt.length > 0) {
      throw new SupervisorError('not-built', `Not built: ${unbuilt.join(', ')}. Run npm run build.`);
    }
    await assertPortsFree(ports);
    return [...processes, ...companions];
  }

  private async startBroker(planned: readonly PlannedProcess[]): Promise<string> {
    const { env, stateDirectory, natsServer, root, print } = this.options;
    const external = env['NATS_URL']?.trim();
    if (external !== undefined && external !== '') return external;
    if (natsServer === undefined) {
      throw new SupervisorError('configuration', 'There is no nats-server: install it, or set NATS_URL.');
    }
    this.lock = await lockStateDirectory(stateDirectory);
    const broker = await prepareBroker({
      stateDirectory,
      taken: new Set(planned.map(({ probe }) => probe.port)),
      fresh: this.options.freshStore ?? false,
    });
    if (this.isStopping) return broker.url;
    print(`starting nats-server on ${broker.url}`);
    this.broker = new ManagedProcess(
      // It closes its store in milliseconds, and need not rebuild it then.
      { id: 'nats-server', command: [natsServer, ...broker.args], cwd: root, env: { ...env }, onOurDeath: 'SIGTERM' },
      this.output,
      this.listener,
    );
    this.broker.start();
    await brokerGreets(broker.port, () => this.isStopping);
    this.broker.markReady();
    return broker.url;
  }

  private processOf(plan: PlannedProcess, natsUrl: string): ManagedProcess {
    const { root, env } = this.options;
    // The plain word `node` in the command line, and yet the very node that runs us.
    const path = [dirname(process.execPath), env['PATH']].filter((part) => part !== undefined).join(delimiter);
    return new ManagedProcess(
      {
        id: plan.id,
        command: ['node', ...plan.args],
        cwd: root,
        env: { ...env, PATH: path, NATS_URL: natsUrl, ...plan.env },
        onOurDeath: 'SIGKILL',
      },
      this.output,
      this.listener,
    );
  }

  private readonly listener: ProcessListener = {
    onExit: (id, cause, restartInMs) => {
      this.options.print(`${id} ended (${cause}), starting it again in ${restartInMs} ms`);
    },
    onHopeless: (id, failedStarts, lastLines) => {
      const times = failedStarts === 1 ? '' : ` ${failedStarts} times in a row`;
      this.options.print(`${id} ended${times} before it was ready. Its last words:`);
      for (const line of lastLines) this.options.print(`  ${line}`);
      // One failed start is told only when the exit code says that no start will heal it.
      this.options.onHopeless?.(id, failedStarts === 1, lastLines);
    },
  };
}
