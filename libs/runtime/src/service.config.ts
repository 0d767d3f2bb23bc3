import { LogLevels } from '@interject/observability';
import type { LogLevel } from '@interject/observability';
import { IsIn, IsInt, IsNumber, IsOptional, IsString, Length, Matches, Max, Min } from 'class-validator';
import { Env } from './env.decorator.js';
import { NatsLoginConfig } from './nats-login.config.js';

const BYTES_PER_GIB = 1024 ** 3;

/** What an operator says of the streams; what is left out stays as it is installed. */
export interface StreamSettings {
  /** Copies of each stream. */
  readonly replicas?: number;
  /** File limits together. */
  readonly storeBytes?: number;
}

/** What every service has; made by `bootstrap`. */
export class ServiceConfig extends NatsLoginConfig {
  /** Its name, e.g. `http-worker`: in logs, metrics and the names of its variables. */
  @Matches(/^[a-z][a-z0-9-]*$/)
  readonly service: string = '';

  /** Version of the product. */
  @IsString()
  readonly version: string = '';

  /** Copies of each stream in a NATS cluster. Unset: those that are installed, 1 at first start. */
  @Env('NATS_REPLICAS')
  @IsOptional()
  @IsIn([1, 3, 5], { message: 'must be 1, 3 or 5, and no more than there are servers in the NATS cluster' })
  readonly natsReplicas?: number;

  /** File limits of the streams together, GiB. Unset: those that are installed, 3 at first start. */
  @Env('NATS_STORE_GIB')
  @IsOptional()
  @IsNumber()
  @Min(0.05)
  @Max(100_000)
  readonly natsStoreGib?: number;

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

  /** What the streams are to be like, as `MessagingModule` and `WorkerModule` take it. */
  get streams(): StreamSettings {
    const { natsReplicas, natsStoreGib } = this;
    return {
      ...(natsReplicas !== undefined && { replicas: natsReplicas }),
      ...(natsStoreGib !== undefined && { storeBytes: Math.round(natsStoreGib * BYTES_PER_GIB) }),
    };
  }
}
