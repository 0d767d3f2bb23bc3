import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { nextFreePort } from './free-port.js';
import { SupervisorError } from './supervisor-error.js';

const DEFAULT_PORT = 4222;
const START_TIMEOUT_MS = 30_000;
const POLL_MS = 50;
const ORPHAN_STOP_MS = 5_000;
const CONNECT_TIMEOUT_MS = 1_000;

export interface BrokerPlan {
  readonly url: string;
  readonly port: number;
  /** Arguments of nats-server. */
  readonly args: readonly string[];
}

/**
 * Writes the configuration of a broker of our own, with its store below the state directory, and ends one that an
 * earlier supervisor left behind there. Hold the lock of the directory.
 */
export async function prepareBroker(options: {
  readonly stateDirectory: string;
  /** Ports that others are going to use. */
  readonly taken: ReadonlySet<number>;
  /** Begin with an empty store. */
  readonly fresh: boolean;
}): Promise<BrokerPlan> {
  const directory = resolve(options.stateDirectory);
  mkdirSync(directory, { recursive: true });
  const configurationFile = join(directory, 'nats.conf');
  const pidFile = join(directory, 'nats.pid');
  await endOrphan(pidFile, configurationFile);
  const port = await nextFreePort(DEFAULT_PORT, options.taken);
  const storeDirectory = join(directory, 'nats');
  if (options.fresh) rmSync(storeDirectory, { recursive: true, force: true });
  writeFileSync(configurationFile, brokerConfiguration({ port, storeDirectory, pidFile }));
  return { url: `nats://127.0.0.1:${port}`, port, args: ['-c', configurationFile] };
}

/** Our streams and buckets reserve 2.9 GB of files and 73 MB of memory (libs/messaging, topology). */
export function brokerConfiguration(options: {
  readonly port: number;
  readonly storeDirectory: string;
  readonly pidFile: string;
}): string {
  return [
    '# Written by the supervisor at each start.',
    `listen: "127.0.0.1:${options.port}"`,
    'server_name: "interject"',
    `pid_file: ${JSON.stringify(options.pidFile)}`,
    'jetstream {',
    `  store_dir: ${JSON.stringify(options.storeDirectory)}`,
    '  max_file_store: 4GB',
    '  max_memory_store: 256MB',
    '}',
    '',
  ].join('\n');
}

/**
 * Resolves when the broker greets. It listens only after it has recovered its store.
 * @throws SupervisorError `broker-failed` after 30 s
 */
export async function brokerGreets(port: number, isGivenUp: () => boolean): Promise<void> {
  const deadline = performance.now() + START_TIMEOUT_MS;
  while (!(await greets(port))) {
    if (isGivenUp()) return;
    if (performance.now() > deadline) {
      throw new SupervisorError(
        'broker-failed',
        `nats-server did not answer on port ${port} within 30 s: see its log.`,
      );
    }
    await sleep(POLL_MS);
  }
}

function greets(port: number): Promise<boolean> {
  return new Promise((done) => {
    const socket = connect({ host: '127.0.0.1', port, timeout: CONNECT_TIMEOUT_MS });
    const settle = (answer: boolean): void => {
      socket.destroy();
      done(answer);
    };
    socket.once('data', (greeting) => settle(greeting.toString().startsWith('INFO ')));
    socket.once('error', () => settle(false));
    socket.once('timeout', () => settle(false));
    socket.once('end', () => settle(false));
  });
}

/** A broker outlives a killed supervisor where the system has no parent-death signal (macOS). */
async function endOrphan(pidFile: string, configurationFile: string): Promise<void> {
  const pid = readPid(pidFile);
  const isOurs = (): boolean => pid !== undefined && commandOf(pid).includes(configurationFile);
  if (pid === undefined || !isOurs()) return;
  process.kill(pid, 'SIGTERM');
  const deadline = performance.now() + ORPHAN_STOP_MS;
  while (isOurs()) {
    if (performance.now() > deadline) process.kill(pid, 'SIGKILL');
    await sleep(POLL_MS);
  }
}

function readPid(file: string): number | undefined {
  try {
    const pid = Number(readFileSync(file, 'utf8').trim());
    return Number.isInteger(pid) && pid > 1 ? pid : undefined;
  } catch {
    return undefined;
  }
}

/** The command line of a process, empty if there is none: a process id alone may have been given to another. */
function commandOf(pid: number): string {
  if (process.platform === 'linux') {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
    } catch {
      return '';
    }
  }
  return spawnSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' }).stdout ?? '';
}
