import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { lockStateDirectory, socketPath } from './instance-lock.js';

describe('lockStateDirectory', () => {
  let directory: string;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'interject-lock-'));
  });

  afterEach(() => {
    rmSync(directory, { recursive: true });
    rmSync(socketPath(directory), { force: true });
  });

  it('lets one in, and the next one when that has left', async () => {
    const first = await lockStateDirectory(directory);
    await expect(lockStateDirectory(directory)).rejects.toMatchObject({ code: 'already-running' });

    first.release();

    const second = await lockStateDirectory(directory);
    second.release();
  });

  it('takes over from a process that was killed', async () => {
    const holder = spawn(
      process.execPath,
      ['-e', `require('net').createServer().listen(process.argv[1], () => console.log('held'))`, socketPath(directory)],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    await once(holder.stdout, 'data');
    await expect(lockStateDirectory(directory)).rejects.toMatchObject({ code: 'already-running' });

    holder.kill('SIGKILL');
    await once(holder, 'exit');

    const lock = await lockStateDirectory(directory);
    lock.release();
  });
});
