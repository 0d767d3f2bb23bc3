import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { VirtualClock } from '@interject/testing';
import { ToolBench } from '../testing/tool-bench.js';
import { Database } from './database.js';
import { IdempotentTransactions } from './idempotent-transactions.js';

/** The embedded database takes seconds to start. */
jest.setTimeout(60_000);

const DAY_MS = 86_400_000;

describe('HandledToolCallsPruning', () => {
  const clock = new VirtualClock(Date.UTC(2026, 0, 1));
  let bench: ToolBench;

  beforeAll(async () => {
    bench = await ToolBench.start({ clock });
  });
  afterAll(() => bench.stop());

  async function handle(key: string, answer: object): Promise<object> {
    return bench.get(IdempotentTransactions).run(key, new AbortController().signal, async () => answer);
  }

  async function keys(): Promise<string[]> {
    const rows = await bench
      .get(Database)
      .run((db) => db.selectFrom('handled_tool_calls').select('idempotency_key').orderBy('handled_at').execute());
    return rows.map(({ idempotency_key: key }) => key);
  }

  it('forgets tool calls after a month, and none before', async () => {
    await handle('old', { answer: 1 });
    await clock.advance(20 * DAY_MS);
    await handle('new', { answer: 2 });
    await clock.advance(10 * DAY_MS);
    expect(await keys()).toEqual(['old', 'new']);
    expect(await handle('old', { answer: 3 })).toEqual({ answer: 1 });

    await clock.advance(DAY_MS + 3_600_000);
    for (let i = 0; i < 50 && (await keys()).includes('old'); i += 1) await clock.advance(3_600_000);

    expect(await keys()).toEqual(['new']);
  });
});
