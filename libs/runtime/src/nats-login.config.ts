import { IsOptional, Length, Matches } from 'class-validator';
import { Env } from './env.decorator.js';
import { IsNatsServers } from './is-nats-servers.decorator.js';
import { natsAccess, natsAccessProblems } from './nats-access.js';
import type { NatsAccess } from './nats-access.js';

/** Where NATS is, and as whom a process logs in. */
export class NatsLoginConfig {
  /** One or more servers, separated by commas. Secret: it may hold user and password. */
  @Env('NATS_URL', { secret: true })
  @IsNatsServers()
  readonly natsUrl: string = 'nats://127.0.0.1:4222';

  /** As whom it logs in to NATS: a name of letters, digits, `_` and `-`. Unset: nobody, or who stands in the URL. */
  @Env('NATS_USER')
  @IsOptional()
  @Matches(/^[a-zA-Z0-9_-]{1,64}$/, { message: 'must be letters, digits, _ and - (64 at most)' })
  readonly natsUser?: string;

  @Env('NATS_PASSWORD', { secret: true })
  @IsOptional()
  @Length(1, 512)
  readonly natsPassword?: string;

  /** Begins the subjects on which it gets answers from NATS. Unset: `_INBOX.<NATS_USER>`. */
  @Env('NATS_INBOX_PREFIX')
  @IsOptional()
  @Matches(/^[a-zA-Z0-9_-]+(\.[a-zA-Z0-9_-]+)*$/, { message: 'must be a subject without wildcards' })
  readonly natsInboxPrefix?: string;

  problems(): readonly string[] {
    return natsAccessProblems(this);
  }

  /** As whom it logs in to NATS, as `MessagingModule` and `WorkerModule` take it. */
  get access(): NatsAccess | undefined {
    return natsAccess(this);
  }
}
