import { idOf, objectOf } from '../json-reader.js';
import type { JsonObject } from '../json-reader.js';
import { VapiRestCodes, VapiRestError } from './vapi-rest.errors.js';

export interface ListWindow {
  readonly limit: number;
  readonly createdAtGe?: string;
  readonly createdAtLe?: string;
}

/** Most that one request may ask for (VAPI.md 5). */
export const LARGEST_PAGE = 1000;
const MAX_PAGES = 100;

/**
 * Everything of a list that has no cursor: windows by `createdAt`, from a full page towards both ends of time, because
 * Vapi does not say in which order it lists.
 *
 * @param fetchPage answers one window
 * @param what e.g. `tools`
 * @throws VapiRestError when an answer is no list of objects with ids, or a window cannot be narrowed any more
 */
export async function listAll(
  fetchPage: (window: ListWindow) => Promise<unknown>,
  what: string,
  limit: number = LARGEST_PAGE,
): Promise<readonly JsonObject[]> {
  const found = new Map<string, JsonObject>();
  const take = (page: unknown): { readonly isFull: boolean; readonly isNew: boolean } => {
    const items = itemsOf(page, what);
    const before = found.size;
    for (const { id, item } of items) found.set(id, item);
    return { isFull: items.length >= limit, isNew: found.size > before };
  };
  if (!take(await fetchPage({ limit })).isFull) return [...found.values()];
  for (const direction of ['createdAtLe', 'createdAtGe'] as const) {
    let pages = 0;
    for (let edge = edgeOf(found, direction); ; edge = edgeOf(found, direction)) {
      const { isFull, isNew } = take(await fetchPage({ limit, [direction]: edge }));
      if (!isFull) break;
      pages += 1;
      // A full page that holds nothing new is the end of an order, or more of one instant than a page holds.
      if (!isNew && edgeOf(found, direction) === edge) break;
      if (pages >= MAX_PAGES) throw unreadable(`there are too many ${what} to list`);
    }
  }
  return [...found.values()];
}

function itemsOf(page: unknown, what: string): readonly { readonly id: string; readonly item: JsonObject }[] {
  if (!Array.isArray(page)) throw unreadable(`the list of ${what} is none`);
  return page.map((entry) => {
    const item = objectOf(entry);
    const id = idOf(item?.['id']);
    if (item === undefined || id === undefined) throw unreadable(`an entry in the list of ${what} has no id`);
    return { id, item };
  });
}

function edgeOf(found: ReadonlyMap<string, JsonObject>, direction: 'createdAtLe' | 'createdAtGe'): string {
  const times = [...found.values()].flatMap(({ createdAt }) => (typeof createdAt === 'string' ? [createdAt] : []));
  const sorted = times.sort((a, b) => Date.parse(a) - Date.parse(b));
  const edge = direction === 'createdAtLe' ? sorted[0] : sorted.at(-1);
  if (edge === undefined) throw unreadable('what it lists has no createdAt');
  return edge;
}

function unreadable(problem: string): VapiRestError {
  return new VapiRestError(VapiRestCodes.Unreadable, `Vapi's answer cannot be used: ${problem}`);
}
