/** Choices that follow from a seed: the same seed and name, the same choices (mulberry32 behind FNV-1a). */
export class Dice {
  private state: number;

  /** @param name keeps the choices of two users of one seed apart */
  constructor(
    private readonly seed: number,
    private readonly name: string,
  ) {
    let hash = 0x811c9dc5;
    for (const character of `${String(seed)}:${name}`) {
      hash = Math.imul(hash ^ character.charCodeAt(0), 0x01000193);
    }
    this.state = hash >>> 0;
  }

  /** Others, which do not depend on how many were taken here. */
  for(name: string): Dice {
    return new Dice(this.seed, `${this.name}/${name}`);
  }

  /** 0 to 1, without 1. */
  next(): number {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), this.state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000;
  }

  /** A whole number from `from` to `to`, both included. */
  between(from: number, to: number): number {
    return from + Math.floor(this.next() * (to - from + 1));
  }

  /** True in so many of a hundred cases. */
  percent(chance: number): boolean {
    return this.next() * 100 < chance;
  }

  /** @throws Error when there is nothing to choose from */
  pick<T>(from: readonly T[]): T {
    const at = this.between(0, from.length - 1);
    const [chosen] = from.slice(at, at + 1);
    if (chosen === undefined) throw new Error('There is nothing to choose from.');
    return chosen;
  }

  /** The same things in another order. */
  shuffle<T>(list: readonly T[]): T[] {
    return list
      .map((value) => ({ value, rank: this.next() }))
      .sort((a, b) => a.rank - b.rank)
      .map(({ value }) => value);
  }
}
