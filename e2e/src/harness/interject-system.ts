import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, NatsServer, StreamInspector } from '@interject/testing';
import { Backend } from './backend.js';
import { API_KEY, httpTools, serviceEnvironment } from './environment.js';
import { ServiceProcess } from './service-process.js';
import { Simulator } from './simulator.js';

export type ServiceName = 'gateway' | 'notifier' | 'http-worker' | 'appointments-worker';

export interface SystemOptions {
  /** Default: gateway, notifier and http-worker. */
  readonly services?: readonly ServiceName[];
  /** Further variables for every service. */
  readonly env?: Readonly<Record<string, string>>;
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
    const nats = await NatsServer.start();
    const backend = await Backend.start();
    const gatewayPort = await freePort();
    const simulator = await Simulator.forGateway(gatewayPort);
    const inspector = await StreamInspector.connect(nats.url);
    const system = new InterjectSystem(nats, inspector, backend, simulator, gatewayPort, directory, env);
    try {
      await writeFile(join(directory, 'tools.yaml'), httpTools(backend.url));
      await Promise.all(services.map((name) => system.add(name)));
      await system.ready();
    } catch (error) {
      await system.stop();
      throw error;
    }
    return system;
  }

  /** Starts one more process of a service; `key` names it when there are several. */
  async add(
    name: ServiceName,
    key: string = name,
    more: Readonly<Record<string, string>> = {},
  ): Promise<ServiceProcess> {
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
    const { nats, gatewayPort, simulator, directory } = this;
    const system = { natsUrl: nats.url, gatewayPort, simulatorOrigin: simulator.origin, directory };
    return { ...serviceEnvironment(system), ...this.env };
  }
}

function namesOf(check: Readonly<Record<string, unknown>> | undefined): readonly string[] {
  return (check?.['names'] as readonly string[] | undefined) ?? [];
}
