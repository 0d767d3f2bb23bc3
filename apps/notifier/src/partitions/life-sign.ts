import type { Log } from '@interject/observability';
import type { LeaseStore } from './lease-store.js';

/** Tells the other notifiers that this one lives, until it signs off. */
export class LifeSign {
  private showing: Promise<void> | undefined;
  private isOver = false;

  constructor(
    private readonly store: Pick<LeaseStore, 'showLife' | 'endLife'>,
    private readonly log: Log,
  ) {}

  /** One at a time; a failure is made good by the next. */
  show(): void {
    if (this.isOver) return;
    this.showing ??= this.store
      .showLife()
      .catch((error: unknown) => {
        this.log.warn('this notifier could not show that it lives', { error });
      })
      .finally(() => {
        this.showing = undefined;
      });
  }

  async end(): Promise<void> {
    this.isOver = true;
    await this.showing;
    await this.store.endLife().catch((error: unknown) => {
      this.log.warn('this notifier could not be signed off: the others notice it in seconds', { error });
    });
  }
}
