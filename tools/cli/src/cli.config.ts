import { Env, IsNatsServers } from '@interject/runtime';

/** What every command may need to know. */
export class CliConfig {
  /** The NATS of the installation. Secret: it may hold user and password. */
  @Env('NATS_URL', { secret: true })
  @IsNatsServers()
  readonly natsUrl: string = 'nats://127.0.0.1:4222';
}
