import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, NatsServer, StreamInspector } from '@interject/testing';
import { Backend } from './backend.js';
import { ServiceProcess } from './service-process.js';
import { Simulator } from './simulator.js';

export type ServiceName = 'gateway' | 'notifier' | 'http-worker' | 'appointments-worker';

/** Simulated calls run this much faster than real ones; the notifier's times are scaled alike. */
export const TIME_FACTOR = 5;

export interface SystemOptions {
  /** Default: gateway, notifier and http-worker. */
  readonly services?: readonly ServiceName[];
  /** Further variables for every service. */
  readonly env?: Readonly<Record<string, string>>;
}

const SECRET = 'webhook-secret-of-e2e';
export const API_KEY = 'api-key-of-e2e';

/** Defaults of DESIGN section 5, divided by the time factor. */
const SPEECH = { QUIET: 1200, REPLY_GRACE: 2500, MAX_HOLD: 20_000, BLIND_HOLD: 2000, CONFIRM: 12_000 };

function httpTools(backendUrl: string): string {
  return `tools:
  - name: build_report
    description: Builds the sales report of a region.
    parameters: { type: object, properties: { region: { type: string } }, required: [region] }
    request: { method: POST, url: ${backendUrl}/reports }
    timeoutMs: 30000
    retry: { attempts: 3, backoffMs: 200 }
    say: "Your {{ result.region }} report is ready, {{ result.summary }}."
    sayOnFailure: "I could not get the report."
`;
}

/** The whole product: a real nats-server, the built services as processes, a backend, and the simulator as Vapi. */
export class InterjectSystem {
  readonly services = new Map<string, ServiceProcess>();

  private constructor(
    readonly nats: NatsServer,
    readonly inspector: StreamInspector,
    readonly backend: Backend,
    readonly simulator: Simulator,
    readonly gatewayPort: number,
    private readonly directory: string,
    private readonly env: Readonly<Record<string, string>>,
  ) {}

  static async start(options: SystemOptions = {}): Promise<InterjectSystem> {
    const { services = ['gateway', 'notifier', 'http-worker'], env = {} } = options;
    const directory = await mkdtemp(join(tmpdir(), 'interject-e2e-'));
    const [nats, backend, gatewayPort, simulatorPort] = [
      await NatsServer.start(),
      await Backend.start(),
      await freePort(),
      await freePort(),
    ];
    const simulator = new Simulator(simulatorPort, {
      SIMULATOR_PORT: String(simulatorPort),
      SIMULATOR_GATEWAY_URL: `http://127.0.0.1:${String(gatewayPort)}/vapi/webhook`,
      SIMULATOR_TIME_FACTOR: String(TIME_FACTOR),
      VAPI_WEBHOOK_SECRET: SECRET,
    });
    const inspector = await StreamInspector.connect(nats.url);
    const system = new InterjectSystem(nats, inspector, backend, simulator, gatewayPort, directory, env);
    try {
      await writeFile(join(directory, 'tools.yaml'), httpTools(backend.url));
      await simulator.start();
      await Promise.all(services.map((name) => system.add(name)));
      await system.ready();
    } catch (error) {
      await system.stop();
      throw error;
    }
    return system;
  }

  /** Starts one more process of a service; `key` names it when there are several. */
  async add(name: ServiceName, key: string = name, more: Readonly<Record<string, string>> = {}): Promise<ServiceProcess> {
    const managementPort = await freePort();
    const service = new ServiceProcess(name, managementPort, {
      ...this.environment(),
      [`${name.toUpperCase().replaceAll('-', '_')}_MANAGEMENT_PORT`]: String(managementPort),
      ...more,
    });
    this.services.set(key, service);
    service.start();
    return service;
  }

  /** @throws Error when there is no such process */
  service(key: string): ServiceProcess {
    const service = this.services.get(key);
    if (service === undefined) throw new Error(`There is no ${key}.`);
    return service;
  }

  /** Resolves when all services are ready and the gateway knows every tool of the workers. */
  async ready(): Promise<void> {
    const reports = await Promise.all([...this.services.values()].map((service) => service.ready()));
    const tools = reports.flatMap((report) => namesOf(report.checks['tools']));
    const gateway = [...this.services.values()].find(({ name }) => name === 'gateway');
    await gateway?.ready(({ checks }) => tools.every((tool) => namesOf(checks['tools']).includes(tool)));
  }

  /** `GET` of the gateway's API with the key. */
  async api(path: string): Promise<{ status: number; body: unknown }> {
    const response = await fetch(`http://127.0.0.1:${String(this.gatewayPort)}${path}`, {
      headers: { authorization: `Bearer ${API_KEY}` },
    });
    return { status: response.status, body: await response.json() };
  }

  /** Stops everything it started. Resolves to the exit code of each service. */
  async stop(): Promise<Map<string, number | null>> {
    const codes = new Map<string, number | null>();
    await Promise.all(
      [...this.services].map(async ([key, service]) => {
        codes.set(key, await service.stop());
      }),
    );
    await this.simulator.stop();
    await this.inspector.close();
    await this.backend.stop();
    await this.nats.dispose();
    await rm(this.directory, { recursive: true, force: true });
    return codes;
  }

  private environment(): Record<string, string> {
    const speech = Object.entries(SPEECH).map(([name, ms]) => [`SPEECH_${name}_MS`, String(ms / TIME_FACTOR)]);
    return {
      NATS_URL: this.nats.url,
      MANAGEMENT_HOST: '127.0.0.1',
      GATEWAY_PORT: String(this.gatewayPort),
      VAPI_WEBHOOK_AUTH: 'secret',
      VAPI_WEBHOOK_SECRET: SECRET,
      VAPI_CONTROL_URL_ALLOWED_ORIGINS: this.simulator.origin,
      VAPI_BASE_URL: this.simulator.origin,
      VAPI_API_KEY: 'private-key-of-e2e',
      INTERJECT_API_KEY: API_KEY,
      HTTP_TOOLS_FILE: join(this.directory, 'tools.yaml'),
      APPOINTMENTS_DATA_DIR: join(this.directory, 'appointments'),
      ...(Object.fromEntries(speech) as Record<string, string>),
      ...this.env,
    };
  }
}

function namesOf(check: Readonly<Record<string, unknown>> | undefined): readonly string[] {
  return (check?.['names'] as readonly string[] | undefined) ?? [];
}
