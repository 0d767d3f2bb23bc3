import { createHash } from 'node:crypto';
import { rmSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { SupervisorError } from './supervisor-error.js';

/** A held lock; the system takes it back when the process dies, however it dies. */
export interface InstanceLock {
  release(): void;
}

/**
 * Makes sure that one supervisor alone uses a state directory: two brokers on one store would destroy it. The lock is a
 * listening socket, because a process id in a file may belong to somebody else by now.
 * @throws SupervisorError `already-running`
 */
export async function lockStateDirectory(directory: string): Promise<InstanceLock> {
  const path = socketPath(directory);
  const held = (await listen(path)) ?? (await takeOver(path));
  if (!held) {
    throw new SupervisorError(
      'already-running',
      `Interject is running already with its state in ${directory}. Stop that one first, or set INTERJECT_STATE_DIR to another directory (and other ports) to run a second one.`,
    );
  }
  held.unref();
  return { release: () => held.close() };
}

/** In the temporary directory: a socket's path may have some 100 characters only, a checkout's may be longer. */
export function socketPath(directory: string): string {
  const name = createHash('sha256').update(resolve(directory)).digest('hex').slice(0, 16);
  return join(tmpdir(), `interject-${name}.sock`);
}

async function takeOver(path: string): Promise<Server | undefined> {
  if (await isAnswered(path)) return undefined;
  rmSync(path, { force: true });
  return listen(path);
}

function listen(path: string): Promise<Server | undefined> {
  return new Promise((done, fail) => {
    const server = createServer((socket) => socket.destroy());
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') done(undefined);
      else fail(error);
    });
    server.listen(path, () => done(server));
  });
}

function isAnswered(path: string): Promise<boolean> {
  return new Promise((done) => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.destroy();
      done(true);
    });
    socket.once('error', () => done(false));
  });
}
