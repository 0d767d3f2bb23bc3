import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Log } from '@interject/observability';
import { CompiledSources, NodeProcess } from '../testing/node-process.js';
import type { Database } from './database.js';
import { DatabaseErrorCodes } from './database.errors.js';
import { openDatabase } from './open-database.js';

/** Making a cluster is the work of seconds. */
const SLOW_MS = 60_000;

describe('the embedded database', () => {
  let sources: CompiledSources;
  let directory: string;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'appointments-data-'));
    sources = await CompiledSources.compile([
      'data-directory-lock',
      'database',
      'database.errors',
      'embedded-dialect',
      'embedded-pool',
      'migrate',
      'migrations/0001-appointments.migration',
      'migrations/0002-handled-at-index.migration',
      'process-identity',
    ]);
  });
  afterAll(async () => {
    await sources.remove();
    await rm(directory, { recursive: true });
  });

  function open(): Promise<Database> {
    return openDatabase({ dataDirectory: directory }, Log.silent());
  }

  it(
    'survives the kill of its process, at its first start and later',
    async () => {
      // What a kill during the first start leaves: part of a cluster.
      await mkdir(join(directory, 'cluster.new'));
      await writeFile(join(directory, 'cluster.new', 'PG_VERSION'), '17');
      const victim = NodeProcess.run(`
      import { Database } from ${JSON.stringify(sources.url('database'))};
      import { openEmbedded } from ${JSON.stringify(sources.url('embedded-dialect'))};
      const database = new Database(await openEmbedded(${JSON.stringify(directory)}));
      await database.migrate();
      await database.transaction((connection) => connection.insertInto('handled_tool_calls')
        .values({ idempotency_key: 'before the kill', handled_at: new Date(0) }).execute());
      console.log('committed');
      setInterval(() => undefined, 1_000);
    `);
      await victim.wrote('committed');
      await expect(open()).rejects.toMatchObject({ code: DatabaseErrorCodes.DirectoryInUse, retryable: false });
      await victim.kill();

      const database = await open();

      const rows = await database.run((db) => db.selectFrom('handled_tool_calls').select('idempotency_key').execute());
      expect(rows).toEqual([{ idempotency_key: 'before the kill' }]);
      await database.close();
    },
    SLOW_MS,
  );

  it(
    'gives the directory up when closed',
    async () => {
      const first = await open();
      await first.close();

      const second = await open();

      await expect(second.ping()).resolves.toBeUndefined();
      await second.close();
    },
    SLOW_MS,
  );
});
