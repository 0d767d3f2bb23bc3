import type { InjectionToken, Type } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Configs } from './load-configs.js';

/** Reads a config object, e.g. `(get) => get(GatewayConfig).port`. */
export type FromConfig<Value> = (get: Configs['get']) => Value;

export interface HttpOptions {
  /** 0 takes a free port. */
  readonly port: FromConfig<number>;
  /** Default: all addresses. */
  readonly host?: FromConfig<string>;
  /** Bytes; default 1 MiB. */
  readonly bodyLimit?: number;
  /** Connections at a time, idle ones too; default: as many as the system has. What comes beyond is closed at once. */
  readonly maxConnections?: number;
  /** False: Nest registers no body parsers, `configure` does. Default true. */
  readonly bodyParser?: boolean;
  /** Keeps `request.rawBody` (a Buffer) beside the parsed body. Default false. */
  readonly rawBody?: boolean;
  /** Called before the routes are registered: parsers, hooks, global filters. */
  readonly configure?: (app: NestFastifyApplication) => void | Promise<void>;
}

export interface ServiceOptions {
  /** Its name in kebab case, e.g. `http-worker`. */
  readonly service: string;
  /** Used unless `<SERVICE>_MANAGEMENT_PORT` says another; 0 takes a free one. */
  readonly defaultManagementPort: number;
  /** Config classes: checked all together, then injectable by class everywhere. */
  readonly configs: readonly Type<object>[];
  /** The root module. */
  readonly module: Type;
  /** Only for a service that answers HTTP (Fastify). */
  readonly http?: HttpOptions;
  /**
   * Tokens of `CustomTransportStrategy` providers: connected with the application's filters and interceptors and started
   * once every module is initialised. `close()` is called once, after HTTP is closed and before the shutdown hooks:
   * it stops taking work and waits for the running handlers.
   */
  readonly strategies?: readonly InjectionToken[];
}
