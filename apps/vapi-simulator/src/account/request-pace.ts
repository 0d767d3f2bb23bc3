/** Lets requests pass that keep their distance; the limits of Vapi's API are not published (VAPI.md 5). */
export class RequestPace {
  private lastPassedAtMs: number | undefined;

  /** @param monotonic ms of a clock that never goes back */
  constructor(private readonly monotonic: () => number) {}

  /**
   * A request wants to pass.
   * @param spacingMs least distance to the one that passed before it; 0 is none
   * @returns ms it comes too early; 0 lets it pass
   */
  admit(spacingMs: number): number {
    const nowMs = this.monotonic();
    const tooEarlyMs = this.lastPassedAtMs === undefined ? 0 : this.lastPassedAtMs + spacingMs - nowMs;
    if (spacingMs > 0 && tooEarlyMs > 0) return tooEarlyMs;
    this.lastPassedAtMs = nowMs;
    return 0;
  }

  clear(): void {
    this.lastPassedAtMs = undefined;
  }
}
