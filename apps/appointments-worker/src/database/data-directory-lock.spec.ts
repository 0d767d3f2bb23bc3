import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { CompiledSources, NodeProcess } from '../testing/node-process.js';
import { DataDirectoryLock } from './data-directory-lock.js';
import { DatabaseErrorCodes } from './database.errors.js';

/** Processes are started here. */
jest.setTimeout(30_000);

/** Only Linux tells when a process was started. */
const onLinux = existsSync('/proc/self/stat') ? it : it.skip;

describe('DataDirectoryLock', () => {
  let sources: CompiledSources;
  let directory: string;
  const processes: NodeProcess[] = [];

  beforeAll(async () => {
    sources = await CompiledSources.compile(['data-directory-lock', 'process-identity', 'database.errors']);
  });
  afterAll(() => sources.remove());
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'appointments-lock-'));
  });
  afterEach(async () => {
    await Promise.all(processes.splice(0).map((process) => process.kill()));
    await rm(directory, { recursive: true });
  });

  /** Takes the lock and keeps it, or says why it cannot. */
  function contender(): NodeProcess {
    const process = NodeProcess.run(`
      import { DataDirectoryLock } from ${JSON.stringify(sources.url('data-directory-lock'))};
      try {
        await DataDirectoryLock.acquire(${JSON.stringify(directory)});
        console.log('holds it');
        setInterval(() => undefined, 1_000);
      } catch (error) {
        console.log('refused:', error.code, error.message);
      }
    `);
    processes.push(process);
    return process;
  }

  /** The lock of a process that was killed. */
  async function leaveStaleLock(): Promise<void> {
    const victim = contender();
    await victim.wrote('holds it');
    await victim.kill();
  }

  it('refuses a second process and says what to do', async () => {
    const lock = await DataDirectoryLock.acquire(directory);

    const output = await contender().outcome();

    expect(output).toContain(`refused: ${DatabaseErrorCodes.DirectoryInUse}`);
    expect(output).toContain(`in use by process ${String(process.pid)}`);
    expect(output).toContain('set DATABASE_URL to a PostgreSQL server');
    await lock.release();
  });

  it('lets the next one in after a release', async () => {
    const lock = await DataDirectoryLock.acquire(directory);
    await lock.release();

    await contender().wrote('holds it');

    await expect(DataDirectoryLock.acquire(directory)).rejects.toMatchObject({
      code: DatabaseErrorCodes.DirectoryInUse,
    });
  });

  it('lets the next one in at once after a kill -9', async () => {
    await leaveStaleLock();

    await contender().wrote('holds it');
  });

  it('lets exactly one of several processes in after a kill -9', async () => {
    await leaveStaleLock();

    const contenders = Array.from({ length: 6 }, contender);
    const results = await Promise.all(
      contenders.map(async (process) =>
        Promise.race([
          process.wrote('holds it').then(() => 'holds it'),
          process.wrote('refused').then(() => 'refused'),
        ]),
      ),
    );

    expect(results.filter((result) => result === 'holds it')).toHaveLength(1);
  });

  it('lets exactly one in of many who come at the same moment, round after round', async () => {
    for (let round = 0; round < 30; round += 1) {
      const results = await Promise.allSettled(Array.from({ length: 12 }, () => DataDirectoryLock.acquire(directory)));
      const winners = results.filter((result) => result.status === 'fulfilled');
      expect(winners).toHaveLength(1);
      await winners[0]?.value.release();
    }
    expect(await readdir(directory)).toEqual(['lock.30']);
  });

  onLinux('is not taken in by another process with the old pid', async () => {
    await writeFile(join(directory, 'lock.7'), JSON.stringify({ pid: process.pid, startedAt: 'some-boot/1' }));

    const lock = await DataDirectoryLock.acquire(directory);

    expect(await readdir(directory)).toEqual(['lock.8']);
    await lock.release();
  });

  it('takes over what a crash of the machine has left empty', async () => {
    await writeFile(join(directory, 'lock.3'), '');

    const lock = await DataDirectoryLock.acquire(directory);

    await lock.release();
    expect(await readdir(directory)).toEqual(['lock.4']);
  });
});
