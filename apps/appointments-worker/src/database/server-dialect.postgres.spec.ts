import { connect, createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Log } from '@interject/observability';
import { freePort, startPostgres } from '@interject/testing';
import type { RunningPostgres } from '@interject/testing';
import { sql } from 'kysely';
import type { Connection } from './database.js';
import { DatabaseErrorCodes } from './database.errors.js';
import { openDatabase } from './open-database.js';

/** Servers are started and ended here. */
jest.setTimeout(30_000);

describe('a PostgreSQL server', () => {
  let server: RunningPostgres;

  beforeAll(async () => {
    server = await startPostgres();
  });
  afterAll(() => server.stop());

  function open(url = server.url) {
    return openDatabase({ url, dataDirectory: 'unused' }, Log.silent());
  }

  async function backendOf(connection: Connection): Promise<number> {
    const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(connection);
    return rows[0]?.pid ?? 0;
  }

  it('migrates once, however often it is opened', async () => {
    const [first, second] = await Promise.all([open(), open()]);

    expect(await first.migrate()).toEqual([]);
    const { rows } = await first.run((db) => sql`select name from kysely_migration`.execute(db));
    expect(rows).toEqual([{ name: '0001-appointments' }, { name: '0002-handled-at-index' }]);
    await Promise.all([first.close(), second.close()]);
  });

  it('reports a connection that is lost in a transaction as worth a retry, and goes on', async () => {
    const [database, operator] = await Promise.all([open(), open()]);

    const lost = database.transaction(async (connection) => {
      const pid = await backendOf(connection);
      await operator.run((db) => sql`select pg_terminate_backend(${pid}, 5000)`.execute(db));
      await backendOf(connection);
    });

    await expect(lost).rejects.toMatchObject({ code: DatabaseErrorCodes.Unavailable, retryable: true });
    await expect(database.ping()).resolves.toBeUndefined();
    await Promise.all([database.close(), operator.close()]);
  });

  it('survives the loss of an idle connection', async () => {
    const [database, operator] = await Promise.all([open(), open()]);
    const pid = await database.run(backendOf);

    await operator.run((db) => sql`select pg_terminate_backend(${pid}, 5000)`.execute(db));

    // The notice of the loss and the next statement are on their way at once: either is fine, the process lives.
    await database.ping().catch(() => undefined);
    await expect(database.ping()).resolves.toBeUndefined();
    await Promise.all([database.close(), operator.close()]);
  });

  it('waits at the start for a server that comes later', async () => {
    const port = await freePort();
    const opening = open(server.url.replace(/:\d+\//, `:${String(port)}/`));
    const target = Number(new URL(server.url).port);
    const proxy = createServer((client) => client.pipe(connect(target, '127.0.0.1')).pipe(client));
    await new Promise<void>((resolve) => proxy.listen(port, '127.0.0.1', resolve));

    const database = await opening;

    await expect(database.ping()).resolves.toBeUndefined();
    await database.close();
    await new Promise((resolve) => proxy.close(resolve));
  });

  it('does not wait for one that refuses', async () => {
    const opening = open(
      server.url.replace('/postgres', '/no_such_database').replace('//interject', '//interject:secret'),
    );

    await expect(opening).rejects.toMatchObject({
      code: DatabaseErrorCodes.Refused,
      retryable: false,
      message: expect.not.stringContaining('secret'),
    });
  });

  it('reports a server that is gone as worth a retry', async () => {
    const gone = await startPostgres();
    const database = await open(gone.url);
    await gone.stop();

    await expect(database.ping()).rejects.toMatchObject({ code: DatabaseErrorCodes.Unavailable, retryable: true });
    await expect(database.ping()).rejects.toMatchObject({ code: DatabaseErrorCodes.Unavailable, retryable: true });
    await database.close();
  });
});
