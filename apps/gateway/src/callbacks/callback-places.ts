import { MAX_CALLBACKS_AT_A_TIME, MAX_CALLBACKS_OF_ONE } from './callbacks.constants.js';

/** Bounds the callbacks in work, all together and of each tool call: who has one token cannot keep the others out. */
export class CallbackPlaces<T extends object> {
  private readonly byKey = new Map<string, Set<T>>();
  private size = 0;

  /** @returns false when there is none left */
  take(key: string, holder: T): boolean {
    const holders = this.byKey.get(key) ?? new Set<T>();
    if (this.size >= MAX_CALLBACKS_AT_A_TIME || holders.size >= MAX_CALLBACKS_OF_ONE || holders.has(holder))
      return false;
    this.byKey.set(key, holders.add(holder));
    this.size += 1;
    return true;
  }

  /** Does nothing for who holds none. */
  free(key: string, holder: T): void {
    const holders = this.byKey.get(key);
    if (holders?.delete(holder) !== true) return;
    this.size -= 1;
    if (holders.size === 0) this.byKey.delete(key);
  }
}
