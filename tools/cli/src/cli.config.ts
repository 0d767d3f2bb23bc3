import { IsOptional, Length, Matches } from 'class-validator';
import { Env, IsNatsServers, natsAccess, natsAccessProblems } from '@interject/runtime';
import type { NatsAccess } from '@interject/runtime';

/** What every command may need to know. */
export class CliConfig {
  /** The NATS of the installation. Secret: it may hold user and password. */
  @Env('NATS_URL', { secret: true })
  @IsNatsServers()
  readonly natsUrl: string = 'nats://127.0.0.1:4222';

  @Env('NATS_USER')
  @IsOptional()
  @Matches(/^[a-zA-Z0-9_-]{1,64}$/, { message: 'must be letters, digits, _ and - (64 at most)' })
  readonly natsUser?: string;

  @Env('NATS_PASSWORD', { secret: true })
  @IsOptional()
  @Length(1, 512)
  readonly natsPassword?: string;

  @Env('NATS_INBOX_PREFIX')
  @IsOptional()
  @Matches(/^[a-zA-Z0-9_-]+(\.[a-zA-Z0-9_-]+)*$/, { message: 'must be a subject without wildcards' })
  readonly natsInboxPrefix?: string;

  problems(): readonly string[] {
    return natsAccessProblems(this);
  }

  /** As whom the commands log in to NATS. */
  get access(): NatsAccess | undefined {
    return natsAccess(this);
  }
}
