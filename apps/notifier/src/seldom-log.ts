import type { Clock, Log, LogFields } from '@interject/observability';

/** What fails again and again is told this often. */
const TOLD_EVERY_MS = 5000;

/** Warns of what may go wrong many times a second: one line of each kind in five seconds, with how many were left out. */
export class SeldomLog {
  private readonly told = new Map<string, { at: number; leftOut: number }>();

  constructor(
    private readonly log: Pick<Log, 'warn'>,
    private readonly clock: Pick<Clock, 'monotonic'>,
  ) {}

  /** @param message static text: it is the kind */
  warn(message: string, fields: LogFields): void {
    const now = this.clock.monotonic();
    const told = this.told.get(message);
    if (told !== undefined && now - told.at < TOLD_EVERY_MS) {
      told.leftOut += 1;
      return;
    }
    this.told.set(message, { at: now, leftOut: 0 });
    this.log.warn(message, told === undefined || told.leftOut === 0 ? fields : { ...fields, leftOut: told.leftOut });
  }
}
