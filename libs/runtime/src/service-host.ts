import { Module } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { isError, NestLogAdapter } from '@interject/observability';
import type { HttpOptions, ServiceOptions } from './bootstrap.options.js';
import { HttpDrain } from './http-drain.js';
import { ManagementServer } from './management-server.js';
import { StartError } from './runtime.errors.js';
import { RuntimeModule } from './runtime.module.js';
import type { RuntimeParts } from './runtime.module.js';
import { ServiceConfig } from './service.config.js';
import { closeOnce } from './strategy.js';
import type { Strategy } from './strategy.js';

@Module({})
class ServiceRoot {}

/** Ports that a started service listens on. */
export interface ServicePorts {
  readonly managementPort: number;
  readonly httpPort?: number;
}

type State = 'new' | 'starting' | 'running' | 'stopping' | 'stopped';

const LONGEST_PATH_PART = 8192;
const DEFAULT_BODY_LIMIT = 1024 * 1024;
/** Fastify has no limit of its own: a client that never ends its body would hold a connection for ever. */
const REQUEST_TIMEOUT_MS = 30_000;
/** Headers come in one piece; who sends them drop by drop, or none at all, is after something else. */
const HEADERS_TIMEOUT_MS = 10_000;
/** Node looks after both limits every 30 s otherwise, so that either may be twice as long. */
const LIMITS_CHECK_MS = 2_000;
/**
 * Connections that wait to be accepted, which Node 20 does for one at each turn of the event loop (libuv 1.46). Beyond them the
 * system resets those of a burst; the system's own bound (`net.core.somaxconn`, 4096 on Linux) counts as well.
 */
const BACKLOG = 4096;
const ANY_ADDRESS = '0.0.0.0';

/**
 * Starts and stops one service, in this order: management server, modules, strategies, HTTP, ready; and not ready, HTTP,
 * strategies, shutdown hooks, the last spans, management server (docs/adr: drain order). Knows nothing of signals and exit codes.
 */
export class ServiceHost {
  private state: State = 'new';
  private clean = true;
  private readonly management: ManagementServer;
  private app: NestFastifyApplication | undefined;
  private drain: HttpDrain | undefined;
  private strategies: readonly Strategy[] = [];

  constructor(
    private readonly options: ServiceOptions,
    private readonly parts: RuntimeParts,
  ) {
    this.management = new ManagementServer(parts.readiness, parts.metrics, parts.log);
  }

  get isStopping(): boolean {
    return this.state === 'stopping' || this.state === 'stopped';
  }

  /** @throws StartError or what a module threw; {@link stop} may be called all the same */
  async start(): Promise<ServicePorts> {
    if (this.state !== 'new') throw new StartError(`A service that is ${this.state} cannot be started.`);
    this.state = 'starting';
    const { configs, log, readiness } = this.parts;
    const { managementHost, managementPort: wanted } = configs.get(ServiceConfig);
    const managementPort = await this.management.listen(wanted, managementHost);
    log.info('starting', { managementPort });
    const app = await this.createApp();
    this.connectStrategies(app);
    await this.options.http?.configure?.(app);
    // The modules first: a handler must not run before the module it belongs to is initialised.
    await this.unlessStopped(app.init());
    await this.unlessStopped(app.startAllMicroservices());
    const httpPort =
      this.options.http === undefined ? undefined : await this.unlessStopped(this.listen(app, this.options.http));
    this.state = 'running';
    readiness.started();
    const ports = { managementPort, ...(httpPort === undefined ? {} : { httpPort }) };
    log.info('started', ports);
    return ports;
  }

  /**
   * Never rejects: a step that fails is logged and the next one follows.
   *
   * @returns true if every step succeeded
   */
  async stop(): Promise<boolean> {
    if (this.isStopping) return this.clean;
    this.state = 'stopping';
    this.parts.readiness.shuttingDown();
    const { app, drain, strategies } = this;
    if (app !== undefined) {
      await this.step('http', () => closeHttp(app, drain));
      await Promise.all(strategies.map((strategy) => this.step('strategy', async () => strategy.close())));
      await this.step('modules', () => app.close());
    }
    await this.step('tracing', async () => this.parts.tracer?.close());
    await this.step('management', () => this.management.close());
    this.state = 'stopped';
    this.parts.log.info('stopped', { clean: this.clean });
    return this.clean;
  }

  private async createApp(): Promise<NestFastifyApplication> {
    const { http, module } = this.options;
    const root: DynamicModule = { module: ServiceRoot, imports: [RuntimeModule.forRoot(this.parts), module] };
    // A worker has the adapter too and never listens: only such an application takes strategies built by injection.
    const adapter = new FastifyAdapter({
      bodyLimit: http?.bodyLimit ?? DEFAULT_BODY_LIMIT,
      requestTimeout: REQUEST_TIMEOUT_MS,
      http: { headersTimeout: HEADERS_TIMEOUT_MS, connectionsCheckingInterval: LIMITS_CHECK_MS },
      // Ids of calls are in paths, 512 characters of up to four bytes each.
      routerOptions: { maxParamLength: LONGEST_PATH_PART },
    });
    const app = await this.unlessStopped(
      NestFactory.create<NestFastifyApplication>(root, adapter, {
        logger: new NestLogAdapter(this.parts.log),
        abortOnError: false,
        bodyParser: http?.bodyParser ?? true,
        rawBody: http?.rawBody ?? false,
      }),
    );
    this.app = app;
    const server = app.getHttpServer();
    if (http?.maxConnections !== undefined) server.maxConnections = http.maxConnections;
    this.drain = new HttpDrain(server);
    return app;
  }

  private connectStrategies(app: NestFastifyApplication): void {
    this.strategies = (this.options.strategies ?? []).map((token) => closeOnce(app.get<Strategy>(token)));
    // Without the inherited configuration Nest drops the class of what a handler throws.
    for (const strategy of this.strategies) app.connectMicroservice({ strategy }, { inheritAppConfig: true });
  }

  private async listen(app: NestFastifyApplication, http: HttpOptions): Promise<number> {
    const { get } = this.parts.configs;
    const port = http.port(get);
    const host = http.host?.(get) ?? ANY_ADDRESS;
    try {
      await app.listen({ port, host, backlog: BACKLOG });
    } catch (cause) {
      const code = isError(cause) && 'code' in cause ? String(cause.code) : 'unknown';
      throw new StartError(
        `The HTTP port ${String(port)} on ${host} cannot be used (${code}): free it, or configure another.`,
        { cause },
      );
    }
    const address = app.getHttpServer().address();
    return typeof address === 'object' && address !== null ? address.port : port;
  }

  private async unlessStopped<T>(step: Promise<T>): Promise<T> {
    const result = await step;
    if (this.isStopping) throw new StartError('The service was stopped while it started.');
    return result;
  }

  private async step(name: string, run: () => Promise<unknown>): Promise<void> {
    try {
      const result = await run();
      if (result !== false) return;
      this.parts.log.warn('requests in flight were cut off');
    } catch (error) {
      this.parts.log.error('shutdown step failed', { step: name, error });
    }
    this.clean = false;
  }
}

/** Before the modules' hooks: a request in flight must find its services alive. */
async function closeHttp(app: NestFastifyApplication, drain: HttpDrain | undefined): Promise<boolean> {
  const close = async () => {
    await app.getHttpAdapter().close();
  };
  if (drain !== undefined) return drain.run(close);
  await close();
  return true;
}
