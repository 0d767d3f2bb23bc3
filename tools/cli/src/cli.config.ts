import { Matches } from 'class-validator';
import { Env } from '@interject/runtime';

/** What every command may need to know. */
export class CliConfig {
  /** The NATS of the installation. Secret: it may hold user and password. */
  @Env('NATS_URL', { secret: true })
  @Matches(/^\s*((nats|tls):\/\/)?[^\s,/]+(\s*,\s*((nats|tls):\/\/)?[^\s,/]+)*\s*$/, {
    message: 'must be a URL like nats://127.0.0.1:4222, or several with commas between',
  })
  readonly natsUrl: string = 'nats://127.0.0.1:4222';
}
