import { access, mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { dataDir } from '@electric-sql/pglite-prepopulatedfs';
import { PostgresDialect } from 'kysely';
import type { Dialect } from 'kysely';
import { DataDirectoryLock } from './data-directory-lock.js';
import { EmbeddedPool } from './embedded-pool.js';
import type { OpenDialect } from './open-dialect.types.js';

/** PGlite's word for a database that is gone with the process. */
export const IN_MEMORY = 'memory://';

/**
 * PostgreSQL inside this process (PGlite), with its files in `directory`.
 *
 * @throws DatabaseError `data-directory-in-use` while another process has the directory: PGlite itself would not notice,
 *   and both would write to the same files
 */
export async function openEmbedded(directory: string): Promise<OpenDialect> {
  if (directory === IN_MEMORY) return { dialect: dialectOf(await create(IN_MEMORY)), release: async () => undefined };
  const lock = await DataDirectoryLock.acquire(directory);
  try {
    const cluster = await prepareCluster(directory);
    return { dialect: dialectOf(await PGlite.create(cluster)), release: () => lock.release() };
  } catch (error) {
    await lock.release();
    throw error;
  }
}

function dialectOf(database: PGlite): Dialect {
  return new PostgresDialect({ pool: new EmbeddedPool(database) });
}

/** From the image that PGlite ships: its initdb takes three times as long and half a gigabyte more. */
async function create(directory: string): Promise<PGlite> {
  return PGlite.create(directory, { loadDataDir: await dataDir() });
}

/**
 * Makes the cluster elsewhere and moves it here when complete: one that was cut short by a kill could never be opened,
 * and it looks like a real one.
 */
async function prepareCluster(directory: string): Promise<string> {
  const cluster = join(directory, 'cluster');
  if (await exists(cluster)) return cluster;
  const unfinished = join(directory, 'cluster.new');
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(unfinished);
  const database = await create(unfinished);
  await database.close();
  await rename(unfinished, cluster);
  return cluster;
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
