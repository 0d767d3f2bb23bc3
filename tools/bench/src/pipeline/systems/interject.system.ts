import { fileURLToPath } from 'node:url';
import { freePort } from '@interject/testing';
import { ServiceProgram } from '../process/service-program.js';
import { BENCH_TOOL } from '../system.types.js';
import type { BenchStage, PipelineSystem, RunningSystem } from '../system.types.js';

const SECRET = 'webhook-secret-of-bench';
/** The sink never speaks: without this each utterance would stay open for 12 s before nobody knows what became of it. */
const CONFIRM_MS = 2000;
const SETTLE_MARGIN_MS = 700;

const SCRIPTS: Readonly<Record<string, string>> = {
  gateway: '../../../../../apps/gateway/dist/main.js',
  notifier: '../../../../../apps/notifier/dist/main.js',
  worker: '../interject/worker/main.js',
};

export const interjectSystem: PipelineSystem = {
  name: 'interject',
  about: 'gateway, notifier and a worker on the worker SDK, as built; every guarantee on',
  broker: 'nats',
  remembersCalls: true,
  settleMs: CONFIRM_MS + SETTLE_MARGIN_MS,
  start,
};

async function start({ natsUrl, sinkOrigin, nodeArguments }: BenchStage): Promise<RunningSystem> {
  const gatewayPort = await freePort();
  const env = {
    NATS_URL: natsUrl,
    MANAGEMENT_HOST: '127.0.0.1',
    GATEWAY_PORT: String(gatewayPort),
    VAPI_WEBHOOK_AUTH: 'secret',
    VAPI_WEBHOOK_SECRET: SECRET,
    VAPI_CONTROL_URL_ALLOWED_ORIGINS: sinkOrigin,
    SPEECH_CONFIRM_MS: String(CONFIRM_MS),
  };
  const services = new Map<string, ServiceProgram>();
  const metricsUrls = new Map<string, string>();
  const stop = async (): Promise<void> => {
    await Promise.all([...services.values()].map((service) => service.stop()));
  };
  for (const [role, script] of Object.entries(SCRIPTS)) {
    const managementPort = await freePort();
    const service = ServiceProgram.start({
      name: `interject ${role}`,
      script: fileURLToPath(new URL(script, import.meta.url)),
      managementPort,
      env: { ...env, [`${variableOf(role)}_MANAGEMENT_PORT`]: String(managementPort) },
      nodeArguments: nodeArguments(role),
    });
    services.set(role, service);
    metricsUrls.set(role, `http://127.0.0.1:${String(managementPort)}/metrics`);
  }
  try {
    await Promise.all([...services.values()].map((service) => service.ready()));
    await services.get('gateway')?.ready(({ checks }) => namesOf(checks['tools']).includes(BENCH_TOOL));
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    webhookUrl: `http://127.0.0.1:${String(gatewayPort)}/vapi/webhook`,
    headers: { 'x-vapi-secret': SECRET },
    processes: new Map([...services].map(([role, { pid }]) => [role, pid])),
    metricsUrls,
    stop,
  };
}

function variableOf(role: string): string {
  return role === 'worker' ? 'BENCH_WORKER' : role.toUpperCase();
}

function namesOf(check: Readonly<Record<string, unknown>> | undefined): readonly string[] {
  return (check?.['names'] as readonly string[] | undefined) ?? [];
}
