/** Remembers so many entries and no more: what was set longest ago is forgotten first. */
export class RecentMap<K, V> extends Map<K, V> {
  /** @param limit how many are remembered */
  constructor(private readonly limit: number) {
    super();
  }

  /** An entry that is set again is the newest. */
  override set(key: K, value: V): this {
    this.delete(key);
    super.set(key, value);
    const oldest = this.keys().next();
    if (this.size > this.limit && oldest.done !== true) this.delete(oldest.value);
    return this;
  }
}
