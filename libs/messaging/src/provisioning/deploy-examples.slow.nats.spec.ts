import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { eventually, freePort, natsServerBinary } from '@interject/testing';
import { openMessaging } from '../testing/messaging-kit.js';
import { accessOf, passwords } from '../testing/secured-nats.js';

const EXAMPLES = join(import.meta.dirname, '../../../../deploy/nats');
/** Newer than the server that tests run on by default. */
const NEWER = /^\s*sync_interval:.*$/m;

/** The examples of deploy/nats, started as they are but for ports and names of machines. */
describe('the examples of NATS configurations', () => {
  const children: ChildProcess[] = [];
  const directories: string[] = [];

  afterEach(async () => {
    for (const child of children.splice(0)) {
      const exited = new Promise((resolve) => child.once('exit', resolve));
      if (child.exitCode === null && child.kill('SIGKILL')) await exited;
    }
    for (const directory of directories.splice(0)) await rm(directory, { recursive: true, force: true });
  });

  async function start(file: string, change: (text: string) => string): Promise<void> {
    const directory = await mkdtemp(join(tmpdir(), 'interject-nats-example-'));
    directories.push(directory);
    const text = (await readFile(join(EXAMPLES, file), 'utf8')).replace(NEWER, '');
    const configuration = join(directory, file);
    await writeFile(configuration, change(text));
    await copyFile(join(EXAMPLES, 'users.conf'), join(directory, 'users.conf'));
    const variables = Object.entries(passwords()).map(([name, value]) => `${name}=${value}`);
    const command = [...variables, natsServerBinary(), '-c', configuration];
    children.push(spawn('env', command, { cwd: directory, stdio: 'ignore' }));
  }

  async function provisionedCopies(url: string, replicas: number): Promise<number | undefined> {
    const kit = await eventually(() =>
      openMessaging({ url, access: accessOf('gateway'), replicas, waitForServer: false }),
    );
    try {
      return (await kit.connection.manager.streams.info('CALL_EVENTS')).config.num_replicas;
    } finally {
      await kit.close();
    }
  }

  it.each(['single.conf', 'nats.conf'])(
    'hold a fresh installation on one server: %s',
    async (file) => {
      const port = await freePort();
      const monitoring = await freePort();
      await start(file, (text) =>
        text.replace('4222', String(port)).replace('8222', String(monitoring)).replace('"/data"', '"./data"'),
      );
      expect(await provisionedCopies(`nats://127.0.0.1:${String(port)}`, 1)).toBe(1);
    },
    20_000,
  );

  it('hold a fresh installation on three servers', async () => {
    const servers = [1, 2, 3];
    const ports = await Promise.all(servers.map(async () => ({ client: await freePort(), route: await freePort() })));
    await Promise.all(
      servers.map(async (number, i) => {
        const monitoring = await freePort();
        await start(`cluster-${String(number)}.conf`, (text) => {
          const own = text
            .replace(':4222', `:${String(ports[i]?.client)}`)
            .replace(':8222', `:${String(monitoring)}`)
            .replace('listen: 0.0.0.0:6222', `listen: 0.0.0.0:${String(ports[i]?.route)}`);
          return servers.reduce(
            (changed, other, j) =>
              changed.replace(`nats://nats-${String(other)}:6222`, `nats://127.0.0.1:${String(ports[j]?.route)}`),
            own,
          );
        });
      }),
    );
    const url = ports.map(({ client }) => `nats://127.0.0.1:${String(client)}`).join(',');
    expect(await provisionedCopies(url, 3)).toBe(3);
  }, 40_000);
});
