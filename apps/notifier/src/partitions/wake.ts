/** Lets a loop sleep until something happens, at most for a while. What happens while it does not sleep is not missed. */
export class Wake {
  private isDue = false;
  private wake: (() => void) | undefined;

  now(): void {
    this.isDue = true;
    this.wake?.();
  }

  /** Settles at the next {@link now}, or after `ms`; at once when there was one since it settled last. */
  async within(ms: number): Promise<void> {
    if (!this.isDue) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, ms);
        this.wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    this.wake = undefined;
    this.isDue = false;
  }
}
