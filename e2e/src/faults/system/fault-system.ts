import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually, freePort, NatsServer, StreamInspector } from '@interject/testing';
import { Backend } from '../../harness/backend.js';
import { Balancer } from '../../harness/balancer.js';
import { serviceEnvironment } from '../../harness/environment.js';
import type { Broker, Ground, Replicas, ServiceKind } from '../fault.types.js';
import type { Dice } from '../run/dice.js';
import { Replica } from './replica.js';
import { faultTools } from './fault-tools.js';

export interface FaultSystemOptions {
  readonly replicas: Replicas;
  readonly ground: Ground;
  /** Of the control URLs. */
  readonly controlOrigin: string;
}

const KINDS: readonly ServiceKind[] = ['gateway', 'worker', 'notifier'];

/** The built services as processes, several of each, around a broker of their own. */
export class FaultSystem {
  private constructor(
    /** What the ground gave, or a nats-server of one. */
    readonly nats: Broker,
    readonly inspector: StreamInspector,
    /** Does the jobs of the workers' tools. */
    readonly backend: Backend,
    /** In front of the gateways. */
    readonly balancer: Balancer,
    readonly replicas: readonly Replica[],
    private readonly directory: string,
  ) {}

  /** Everything but the services, which {@link start} starts. */
  static async prepare({ replicas, ground, controlOrigin }: FaultSystemOptions): Promise<FaultSystem> {
    const directory = await mkdtemp(join(tmpdir(), 'interject-faults-'));
    const nats = (await ground.broker?.()) ?? (await NatsServer.start());
    const inspector = await StreamInspector.connect(nats.url);
    const backend = await Backend.start();
    const balancer = await Balancer.start();
    await writeFile(join(directory, 'tools.yaml'), faultTools(backend.url, ground.tools));
    const gatewayPorts = await Promise.all(Array.from({ length: replicas.gateway }, () => freePort()));
    balancer.serve(gatewayPorts);
    const addresses = { natsUrl: nats.url, gatewayPort: balancer.port, simulatorOrigin: controlOrigin, directory };
    const all = KINDS.flatMap((kind) =>
      Array.from({ length: replicas[kind] }, (_, index) => {
        const own = kind === 'gateway' ? { GATEWAY_PORT: String(gatewayPorts[index]) } : {};
        return new Replica(kind, index, () => ({
          ...serviceEnvironment(addresses),
          ...own,
          ...ground.environment?.(kind, index, nats.url),
        }));
      }),
    );
    return new FaultSystem(nats, inspector, backend, balancer, all, directory);
  }

  /** Resolves when all services are ready and the gateways know the tools. */
  async start(): Promise<void> {
    await Promise.all(this.replicas.map((replica) => replica.start()));
    await Promise.all(this.replicas.map((replica) => replica.ready()));
    await this.knowsTools();
  }

  /** The processes of a service, in their order. */
  of(kind: ServiceKind): readonly Replica[] {
    return this.replicas.filter((replica) => replica.kind === kind);
  }

  /** One of them. */
  pick(kind: ServiceKind, dice: Dice): Replica {
    return dice.pick(this.of(kind));
  }

  /** What is wrong with the processes themselves: died by themselves, or did not stop cleanly. */
  problems(): string[] {
    return this.replicas.flatMap(({ hasCrashed, title, badStops }) => [
      ...(hasCrashed ? [`${title} died by itself`] : []),
      ...badStops,
    ]);
  }

  /** A clean stop of all processes: {@link problems} knows whether it was one. */
  async stop(): Promise<void> {
    await Promise.all(this.replicas.filter(({ hasCrashed }) => !hasCrashed).map((replica) => replica.stop()));
  }

  /** Ends what is still there, and removes what it has left. */
  async dispose(): Promise<void> {
    await Promise.all(this.replicas.map((replica) => replica.end()));
    await this.balancer.stop();
    await this.inspector.close();
    await this.backend.stop();
    await this.nats.dispose();
    await rm(this.directory, { recursive: true, force: true });
  }

  /** The gateways refuse calls of tools that they have not heard of yet. */
  private async knowsTools(): Promise<void> {
    await Promise.all(this.of('gateway').map((gateway) => eventually(() => gateway.knows(['look_up', 'check']))));
  }
}
