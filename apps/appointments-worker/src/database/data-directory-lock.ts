import { randomUUID } from 'node:crypto';
import { link, mkdir, readdir, readFile, rename, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseError, DatabaseErrorCodes } from './database.errors.js';
import { isAlive, ownIdentity } from './process-identity.js';
import type { ProcessIdentity } from './process-identity.js';

/** What stands in a lock file. */
interface LockRecord extends ProcessIdentity {
  /** Set when the owner gave the directory up. */
  readonly released?: true;
}

const LOCK_FILE = /^lock\.(\d+)$/;

/**
 * Exclusive use of a data directory by one process, which survives the owner's `kill -9`.
 *
 * A single lock file cannot be taken over safely: of two processes that both find it stale, the slower one would remove
 * the lock that the faster one has just made. So locks have numbers. The highest number counts; whoever finds its owner
 * gone creates the next one, which only one process can, and the highest file is never removed.
 */
export class DataDirectoryLock {
  private constructor(
    private readonly directory: string,
    private readonly number: number,
    private readonly owner: ProcessIdentity,
  ) {}

  /**
   * Takes the directory, making it if need be.
   *
   * @throws DatabaseError `data-directory-in-use` while another live process has it
   */
  static async acquire(directory: string): Promise<DataDirectoryLock> {
    await mkdir(directory, { recursive: true });
    const owner = await ownIdentity();
    for (;;) {
      const last = await highestNumber(directory);
      if (last > 0) await refuseIfHeld(directory, last);
      const lock = new DataDirectoryLock(directory, last + 1, owner);
      if ((await lock.create()) && (await lock.isHighest())) {
        await lock.removeOlder();
        return lock;
      }
    }
  }

  /** Gives the directory up. The file stays: the next owner counts on from it. */
  async release(): Promise<void> {
    const temporary = await this.writeTemporary({ ...this.owner, released: true });
    await rename(temporary, this.path(this.number));
  }

  /** A link appears at once with its whole content, and not at all if the name is taken. */
  private async create(): Promise<boolean> {
    const temporary = await this.writeTemporary(this.owner);
    try {
      await link(temporary, this.path(this.number));
      return true;
    } catch (error) {
      if (isSystemError(error, 'EEXIST')) return false;
      throw error;
    } finally {
      await unlink(temporary);
    }
  }

  /** False for a latecomer: the number it took had been used and cleared away by an owner of a higher one. */
  private async isHighest(): Promise<boolean> {
    if ((await highestNumber(this.directory)) === this.number) return true;
    await ignoreMissing(unlink(this.path(this.number)));
    return false;
  }

  private async removeOlder(): Promise<void> {
    const older = (await lockNumbers(this.directory)).filter((number) => number < this.number);
    await Promise.all(older.map((number) => ignoreMissing(unlink(this.path(number)))));
  }

  private async writeTemporary(record: LockRecord): Promise<string> {
    const path = join(this.directory, `lock-${randomUUID()}.tmp`);
    await writeFile(path, JSON.stringify(record));
    return path;
  }

  private path(number: number): string {
    return lockPath(this.directory, number);
  }
}

async function refuseIfHeld(directory: string, number: number): Promise<void> {
  const record = await readRecord(directory, number);
  if (record === undefined || record.released === true || !(await isAlive(record))) return;
  throw new DatabaseError(
    DatabaseErrorCodes.DirectoryInUse,
    `The embedded database in ${directory} is in use by process ${String(record.pid)}, and only one process can open it. ` +
      'To run several, set DATABASE_URL to a PostgreSQL server; or give this one another APPOINTMENTS_DATA_DIR.',
  );
}

async function readRecord(directory: string, number: number): Promise<LockRecord | undefined> {
  const text = await ignoreMissing(readFile(lockPath(directory, number), 'utf8'));
  try {
    return text === undefined ? undefined : (JSON.parse(text) as LockRecord);
  } catch {
    // Never seen half written by another process; cut short only when the whole machine went down, the owner with it.
    return undefined;
  }
}

async function lockNumbers(directory: string): Promise<readonly number[]> {
  return (await readdir(directory)).flatMap((name) => {
    const match = LOCK_FILE.exec(name);
    return match === null ? [] : [Number(match[1])];
  });
}

async function highestNumber(directory: string): Promise<number> {
  return Math.max(0, ...(await lockNumbers(directory)));
}

function lockPath(directory: string, number: number): string {
  return join(directory, `lock.${String(number)}`);
}

async function ignoreMissing<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return undefined;
    throw error;
  }
}

function isSystemError(error: unknown, code: string): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === code;
}
