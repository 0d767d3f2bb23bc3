import { LogLevels } from '@interject/observability';
import type { LogLevel } from '@interject/observability';
import { IsIn, IsInt, IsString, Length, Matches, Max, Min } from 'class-validator';
import { Env } from './env.decorator.js';
import { IsNatsServers } from './is-nats-servers.decorator.js';

/** What every service has; made by `bootstrap`. */
export class ServiceConfig {
  /** Its name, e.g. `http-worker`: in logs, metrics and the names of its variables. */
  @Matches(/^[a-z][a-z0-9-]*$/)
  readonly service: string = '';

  /** Version of the product. */
  @IsString()
  readonly version: string = '';

  /** One or more servers, separated by commas. Secret: it may hold user and password. */
  @Env('NATS_URL', { secret: true })
  @IsNatsServers()
  readonly natsUrl: string = 'nats://127.0.0.1:4222';

  /** Where health and metrics are served; 0 takes a free port. */
  @Env('<SERVICE>_MANAGEMENT_PORT')
  @IsInt()
  @Min(0)
  @Max(65_535)
  readonly managementPort: number = 0;

  /** Address it listens on. All of them by default: a container's probe and scraper come from outside. */
  @Env('MANAGEMENT_HOST')
  @Length(1, 255)
  readonly managementHost: string = '0.0.0.0';

  @Env('LOG_LEVEL')
  @IsIn(LogLevels)
  readonly logLevel: LogLevel = 'info';
}
