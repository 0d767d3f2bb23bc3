import { execFile, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { chown, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { eventually } from './eventually.js';
import { freePort } from './free-port.js';

/** A throw-away PostgreSQL server. */
export interface RunningPostgres {
  /** Of a superuser in an empty database, e.g. `postgres://interject@127.0.0.1:40001/postgres`. */
  readonly url: string;
  /** Ends the server, open connections and all, and removes its files. */
  stop(): Promise<void>;
}

/** The system user that a process runs as. */
interface SystemUser {
  readonly uid: number;
  readonly gid: number;
}

const run = promisify(execFile);
const DEBIAN_VERSIONS = '/usr/lib/postgresql';
const START_TIMEOUT_MS = 30_000;
const STOP_TIMEOUT_MS = 5_000;
const DATABASE_USER = 'interject';

/** Debian keeps the server's programs off the PATH, in a folder for each major version; elsewhere pg_config knows. */
async function findBinaries(): Promise<string> {
  const versions = existsSync(DEBIAN_VERSIONS) ? readdirSync(DEBIAN_VERSIONS) : [];
  const newestFirst = versions.sort((a, b) => Number(b) - Number(a)).map((v) => join(DEBIAN_VERSIONS, v, 'bin'));
  const configured = await run('pg_config', ['--bindir']).catch(() => undefined);
  const candidates = [...newestFirst, ...(configured === undefined ? [] : [configured.stdout.trim()])];
  const found = candidates.find((folder) => existsSync(join(folder, 'initdb')));
  if (found === undefined) {
    throw new Error('PostgreSQL is not installed: this test needs its server (apt-get install postgresql).');
  }
  return found;
}

/** The server refuses to run as root; then it runs as the user that the package made for it, or as `nobody`. */
async function findUser(): Promise<SystemUser | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  for (const name of ['postgres', 'nobody']) {
    const ids = await Promise.all([run('id', ['-u', name]), run('id', ['-g', name])]).catch(() => undefined);
    if (ids !== undefined) return { uid: Number(ids[0].stdout), gid: Number(ids[1].stdout) };
  }
  throw new Error(
    'PostgreSQL refuses to run as root, and there is neither a user postgres nor nobody: add one of them.',
  );
}

/**
 * Starts a PostgreSQL server on a free port, with a cluster of its own in a temporary folder, without fsync.
 *
 * @throws Error that says what to install when there is no server, with the server's output when it does not start
 */
export async function startPostgres(): Promise<RunningPostgres> {
  const binaries = await findBinaries();
  const user = await findUser();
  const directory = await mkdtemp(join(tmpdir(), 'interject-postgres-'));
  let server: ChildProcess | undefined;
  const stop = async (): Promise<void> => {
    if (server !== undefined) await end(server);
    await rm(directory, { recursive: true, force: true });
  };
  try {
    if (user !== undefined) await chown(directory, user.uid, user.gid);
    const data = join(directory, 'data');
    const options = ['--auth=trust', '--encoding=UTF8', '--locale=C', '--no-sync', `--username=${DATABASE_USER}`];
    await run(join(binaries, 'initdb'), [...options, '-D', data], { ...user, cwd: directory });
    const port = await freePort();
    server = launch(binaries, { data, port, directory, user });
    await ready(server, binaries, port);
    return { url: `postgres://${DATABASE_USER}@127.0.0.1:${String(port)}/postgres`, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

interface LaunchOptions {
  readonly data: string;
  readonly port: number;
  readonly directory: string;
  readonly user: SystemUser | undefined;
}

function launch(binaries: string, { data, port, directory, user }: LaunchOptions): ChildProcess {
  const settings = ['fsync=off', 'listen_addresses=127.0.0.1', `unix_socket_directories=${directory}`];
  return spawn(
    join(binaries, 'postgres'),
    ['-D', data, '-p', String(port), ...settings.flatMap((setting) => ['-c', setting])],
    { ...user, cwd: directory, stdio: ['ignore', 'ignore', 'pipe'] },
  );
}

async function ready(server: ChildProcess, binaries: string, port: number): Promise<void> {
  let output = '';
  server.stderr?.on('data', (chunk: Buffer) => {
    output = (output + chunk.toString()).slice(-4000);
  });
  const failure = new Promise<never>((_, reject) => {
    server.once('error', (cause) => {
      reject(new Error('PostgreSQL could not be started.', { cause }));
    });
    server.once('exit', (code) => {
      reject(new Error(`PostgreSQL ended with ${String(code)} while starting:\n${output}`));
    });
  });
  failure.catch(() => undefined);
  const probe = async (): Promise<true> => {
    await run(join(binaries, 'pg_isready'), ['-h', '127.0.0.1', '-p', String(port)]);
    return true;
  };
  await Promise.race([eventually(probe, { timeoutMs: START_TIMEOUT_MS }), failure]);
}

/** SIGQUIT is PostgreSQL's immediate shutdown: unlike SIGKILL it leaves no server process behind. */
async function end(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const exited = new Promise<void>((resolve) => {
    server.once('exit', () => {
      resolve();
    });
  });
  server.kill('SIGQUIT');
  const straggler = setTimeout(() => server.kill('SIGKILL'), STOP_TIMEOUT_MS);
  await exited;
  clearTimeout(straggler);
}
