/** Claims of one webhook: of those with equal keys the first one goes first. */
export class ClaimTurns {
  private readonly last = new Map<string, Promise<unknown>>();

  /** Runs `claim` when every earlier one with that key has ended, well or not. */
  async take<T>(key: string, claim: () => Promise<T>): Promise<T> {
    const before = this.last.get(key);
    const own = before === undefined ? claim() : before.then(claim, claim);
    this.last.set(key, own);
    return own;
  }
}
