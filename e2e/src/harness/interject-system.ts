import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, NatsServer, StreamInspector } from '@interject/testing';
import { Backend } from './backend.js';
import { Balancer } from './balancer.js';
import { API_KEY, serviceEnvironment } from './environment.js';
import { NatsUsers } from './nats-users.js';
import { RunEvidence } from './privacy/evidence.js';
import { ServiceProcess } from './service-process.js';
import type { Readiness } from './service-process.js';
import { Simulator } from './simulator.js';
import { httpTools } from './tools.js';

export type ServiceName = 'gateway' | 'notifier' | 'http-worker' | 'appointments-worker' | 'follow-up-worker';

export interface SystemOptions {
  /** Default: gateway, notifier and http-worker. */
  readonly services?: readonly ServiceName[];
  /** Further variables for every service. */
  readonly env?: Readonly<Record<string, string>>;
  /** NATS has the users of deploy/nats/users.conf, and each service logs in as its own; default: nobody logs in. */
  readonly hasNatsUsers?: boolean;
  /** Replicas behind a load balancer, keys `gateway`, `gateway-2` and so on; default: one, without. */
  readonly gateways?: number;
}

export interface ApiAnswer {
  readonly status: number;
  readonly body: unknown;
  readonly retryAfter: string | undefined;
}

/** The whole product: a real nats-server, the built services as processes, a backend, and the simulator as Vapi. */
export class InterjectSystem {
  readonly services = new Map<string, ServiceProcess>();
  private hasStarted = false;

  private constructor(
    readonly nats: NatsServer,
    readonly inspector: StreamInspector,
    readonly backend: Backend,
    readonly simulator: Simulator,
    readonly gatewayPort: number,
    private readonly directory: string,
    private readonly env: Readonly<Record<string, string>>,
    /** In front of the gateways, when there are several. */
    readonly balancer: Balancer | undefined,
    /** As whom services log in, when NATS wants to know. */
    readonly users: NatsUsers | undefined,
  ) {}

  static async start(options: SystemOptions = {}): Promise<InterjectSystem> {
    const { services = ['gateway', 'notifier', 'http-worker'], env = {}, gateways = 1 } = options;
    const directory = await mkdtemp(join(tmpdir(), 'interject-e2e-'));
    const users = options.hasNatsUsers === true ? new NatsUsers() : undefined;
    const nats = await NatsServer.start(users?.serverOptions);
    const backend = await Backend.start();
    const balancer = gateways > 1 ? await Balancer.start() : undefined;
    const gatewayPort = balancer?.port ?? (await freePort());
    const simulator = await Simulator.forGateway(gatewayPort);
    const inspector = await StreamInspector.connect(nats.url, users?.inspector);
    const system = new InterjectSystem(
      nats,
      inspector,
      backend,
      simulator,
      gatewayPort,
      directory,
      { FOLLOW_UP_WEBHOOK_URL: `${backend.url}/follow-ups`, ...env },
      balancer,
      users,
    );
    try {
      await writeFile(join(directory, 'tools.yaml'), httpTools(backend.url));
      await Promise.all(
        services.filter((name) => balancer === undefined || name !== 'gateway').map((n) => system.add(n)),
      );
      if (balancer !== undefined) await system.addGateways(balancer, gateways);
      await system.ready();
    } catch (error) {
      await system.stop();
      throw error;
    }
    system.hasStarted = true;
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
      ...this.users?.environmentOf(name),
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
    const gateways = [...this.services.values()].filter(({ name }) => name === 'gateway');
    const knows = ({ checks }: Readiness): boolean => tools.every((tool) => namesOf(checks['tools']).includes(tool));
    await Promise.all(gateways.map((gateway) => gateway.ready(knows)));
  }

  /** Resolves when every gateway takes calls of the tool. */
  async knows(tool: string): Promise<void> {
    const gateways = [...this.services.values()].filter(({ name }) => name === 'gateway');
    await Promise.all(gateways.map((each) => each.ready(({ checks }) => namesOf(checks['tools']).includes(tool))));
  }

  /** Asks the gateway's API with the key: `GET`, or `POST` if there is something to send. */
  async api(path: string, send?: unknown, authorization = `Bearer ${API_KEY}`): Promise<ApiAnswer> {
    const response = await fetch(`http://127.0.0.1:${String(this.gatewayPort)}${path}`, {
      headers: { authorization, ...(send === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(send === undefined ? {} : { method: 'POST', body: JSON.stringify(send) }),
    });
    const retryAfter = response.headers.get('retry-after') ?? undefined;
    return { status: response.status, body: await response.json(), retryAfter };
  }

  /**
   * Stops everything it started. Resolves to the exit code of each service.
   *
   * @param evidence more of what was private in this run
   * @throws Error when a service has printed something private, or a line that is none of a log
   */
  async stop(evidence = new RunEvidence()): Promise<Map<string, number | null>> {
    const codes = new Map<string, number | null>();
    const { hasStarted } = this;
    this.hasStarted = false;
    const collecting = hasStarted ? evidence.collect(this) : Promise.resolve();
    const [collected] = await Promise.allSettled([collecting]);
    await Promise.all(
      [...this.services].map(async ([key, service]) => {
        codes.set(key, await service.stop());
      }),
    );
    await this.simulator.stop();
    await this.balancer?.stop();
    await this.inspector.close();
    await this.backend.stop();
    await this.nats.dispose();
    await rm(this.directory, { recursive: true, force: true });
    if (collected.status === 'rejected') {
      throw new Error('What the services printed could not be checked.', { cause: collected.reason });
    }
    if (hasStarted) evidence.check(this);
    return codes;
  }

  private async addGateways(balancer: Balancer, count: number): Promise<void> {
    const ports = await Promise.all(Array.from({ length: count }, () => freePort()));
    balancer.serve(ports);
    await Promise.all(
      ports.map((port, index) =>
        this.add('gateway', index === 0 ? 'gateway' : `gateway-${String(index + 1)}`, { GATEWAY_PORT: String(port) }),
      ),
    );
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
