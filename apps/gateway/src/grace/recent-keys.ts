/** The last so many keys, the oldest forgotten first. */
export class RecentKeys {
  private readonly keys = new Set<string>();

  /** @param limit how many are remembered */
  constructor(private readonly limit: number) {}

  add(key: string): void {
    this.keys.delete(key);
    this.keys.add(key);
    for (const oldest of this.keys) {
      if (this.keys.size <= this.limit) return;
      this.keys.delete(oldest);
    }
  }

  has(key: string): boolean {
    return this.keys.has(key);
  }
}
