import type { Type } from '@nestjs/common';
import { isError, Log, Metrics, openTracer, SystemClock } from '@interject/observability';
import type { ServiceOptions } from './bootstrap.options.js';
import { environment } from './environment.js';
import type { Environment } from './environment.js';
import { loadConfigs } from './load-configs.js';
import type { Configs } from './load-configs.js';
import { ExitCodes, guardProcess } from './process-guard.js';
import { Readiness } from './readiness.service.js';
import { isConfigurationError, isUnfitToStart } from './runtime.errors.js';
import { ServiceConfig } from './service.config.js';
import { ServiceHost } from './service-host.js';
import { TracingConfig } from './tracing.config.js';
import { productVersion } from './version.js';

/**
 * All that a `main.ts` does: reads the configuration, starts the service, and ends the process in order on a signal.
 * Settles when the service is started; where it cannot, the process exits (78 for faults of configuration or code, 1 for the rest).
 *
 * @example
 * await bootstrap({
 *   service: 'gateway',
 *   defaultManagementPort: 9100,
 *   configs: [GatewayConfig],
 *   module: AppModule,
 *   http: { port: (get) => get(GatewayConfig).port },
 * });
 */
export async function bootstrap(options: ServiceOptions): Promise<void> {
  const configs = configsOrExit(options, environment());
  const { service, version, logLevel } = configs.get(ServiceConfig);
  const log = Log.create({ service, level: logLevel });
  const clock = new SystemClock();
  const host = new ServiceHost(options, {
    configs,
    log,
    clock,
    metrics: new Metrics({ service, version, processMetrics: true }),
    readiness: new Readiness(),
    tracer: await openTracer(configs.get(TracingConfig).options(service, version), log),
  });
  guardProcess({ process, clock, log, stop: () => host.stop() });
  try {
    await host.start();
  } catch (error) {
    // A signal came meanwhile: the guard exits.
    if (host.isStopping) return;
    if (isUnfitToStart(error)) exitForPerson(service, error);
    log.fatal('start failed', { error, reason: reasonOf(error) });
    process.exit(ExitCodes.Failed);
  }
}

/** Loads what a service is configured with, `ServiceConfig` and `TracingConfig` included. @throws ConfigurationError */
export function loadServiceConfigs(options: ServiceOptions, env: Environment): Configs {
  const { service, defaultManagementPort, configs } = options;
  const preset = { service, version: productVersion(), managementPort: defaultManagementPort };
  const presets = new Map<Type<object>, object>([[ServiceConfig, preset]]);
  return loadConfigs([ServiceConfig, TracingConfig, ...configs], env, { service, presets });
}

function configsOrExit(options: ServiceOptions, env: Environment): Configs {
  try {
    return loadServiceConfigs(options, env);
  } catch (error) {
    if (!isConfigurationError(error)) throw error;
    exitForPerson(options.service, error);
  }
}

/** What its reader has to mend, a restart does not heal. For a person at a terminal: lines, not JSON. */
function exitForPerson(service: string, { message }: Error): never {
  process.stderr.write(`${service}: ${message}\n`);
  process.exit(ExitCodes.Configuration);
}

const MAX_REASON = 1_000;

/**
 * The text of what kept a service from starting. No call has been served yet, so it cannot quote one, and an operator needs
 * it; user and password of a URL are masked.
 */
export function reasonOf(error: unknown): string {
  const text = isError(error) ? error.message : 'something that is not an Error was thrown';
  return text.replaceAll(/\/\/[^\s/@]+@/g, '//***@').slice(0, MAX_REASON);
}
