import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { listAll } from './list-all.js';
import type { ListWindow } from './list-all.js';

interface Item {
  readonly id: string;
  readonly createdAt: string;
}

/** Lists as Vapi does: by time, in an order that it does not tell. */
function lister(items: readonly Item[], newestFirst: boolean) {
  const sorted = [...items].sort((a, b) => a.createdAt.localeCompare(b.createdAt) * (newestFirst ? -1 : 1));
  return async ({ limit, createdAtGe, createdAtLe }: ListWindow): Promise<readonly Item[]> =>
    sorted
      .filter(({ createdAt }) => createdAtGe === undefined || createdAt >= createdAtGe)
      .filter(({ createdAt }) => createdAtLe === undefined || createdAt <= createdAtLe)
      .slice(0, limit);
}

describe('listAll', () => {
  it('finds everything once, in either order, with instants that several share', async () => {
    const times = fc.uniqueArray(fc.integer({ min: 0, max: 1e9 }), { maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(times, fc.boolean(), fc.integer({ min: 4, max: 9 }), async (seconds, newestFirst, limit) => {
        const items = seconds.flatMap((second, at) =>
          Array.from({ length: 1 + (at % 3) }, (_, twin) => ({
            id: `${String(second)}-${String(twin)}`,
            createdAt: new Date(second * 1000).toISOString(),
          })),
        );
        const found = await listAll(lister(items, newestFirst), 'tools', limit);
        expect(found.map(({ id }) => id).sort()).toEqual(items.map(({ id }) => id).sort());
      }),
    );
  });

  it('asks once where one page is enough', async () => {
    const windows: ListWindow[] = [];
    const page = async (window: ListWindow) => {
      windows.push(window);
      return [{ id: 'a', createdAt: '2026-01-01T00:00:00.000Z' }];
    };
    await listAll(page, 'tools');
    expect(windows).toEqual([{ limit: 1000 }]);
  });

  it.each([[{ results: [] }], [[{ name: 'no id' }]], [undefined], [[null]]])('refuses %j', async (answer) => {
    await expect(listAll(async () => answer, 'tools')).rejects.toMatchObject({ code: 'vapi-unreadable' });
  });
});
