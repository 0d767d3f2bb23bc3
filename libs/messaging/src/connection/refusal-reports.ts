import type { Clock, Log } from '@interject/observability';

const REPEAT_AFTER_MS = 60_000;
/** Tokens by which a subject is told from others: what follows are keys, names of consumers and filters. */
const TELLING_TOKENS = 5;
const REMEMBERED = 100;

/**
 * What the server does not let this user do, as errors in the log that name what to grant. Code that does something again
 * and again says so once a minute.
 */
export class RefusalReports {
  private readonly reportedAt = new Map<string, number>();

  constructor(
    private readonly clock: Pick<Clock, 'monotonic'>,
    private readonly log: Log,
  ) {}

  report({ operation, subject }: { readonly operation: string; readonly subject: string }): void {
    const kind = `${operation} ${subject.split('.', TELLING_TOKENS).join('.')}`;
    const now = this.clock.monotonic();
    const last = this.reportedAt.get(kind);
    if (last !== undefined && now - last < REPEAT_AFTER_MS) return;
    if (this.reportedAt.size >= REMEMBERED) this.reportedAt.clear();
    this.reportedAt.set(kind, now);
    const text = 'NATS refuses this user a subject that the service needs: grant it (docs/guides/nats.md, Access)';
    this.log.error(text, { operation, subject });
  }
}
