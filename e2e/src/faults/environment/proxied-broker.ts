import { NatsProxy, NatsServer } from '@interject/testing';
import type { Broker, Fault, FaultStage, Ground, ServiceKind } from '../fault.types.js';

const KINDS: readonly ServiceKind[] = ['gateway', 'worker', 'notifier'];
/** More than a run has processes of a service. */
const MOST_REPLICAS = 4;

/** A nats-server that each process reaches through a proxy of its own. */
export class ProxiedBroker implements Broker {
  private constructor(
    readonly server: NatsServer,
    private readonly proxies: ReadonlyMap<string, NatsProxy>,
  ) {}

  static async start(): Promise<ProxiedBroker> {
    const server = await NatsServer.start();
    const proxies = new Map<string, NatsProxy>();
    for (const kind of KINDS) {
      for (let index = 0; index < MOST_REPLICAS; index += 1) {
        proxies.set(keyOf(kind, index), await NatsProxy.start(server.url));
      }
    }
    return new ProxiedBroker(server, proxies);
  }

  /** @throws Error when the run has another broker */
  static of({ system }: FaultStage): ProxiedBroker {
    if (system.nats instanceof ProxiedBroker) return system.nats;
    throw new Error('This fault needs proxies in front of NATS.');
  }

  get url(): string {
    return this.server.url;
  }

  /** @throws Error when there is none for so many replicas */
  proxy(kind: ServiceKind, index: number): NatsProxy {
    const proxy = this.proxies.get(keyOf(kind, index));
    if (proxy === undefined) throw new Error(`There is no proxy for ${keyOf(kind, index)}.`);
    return proxy;
  }

  async dispose(): Promise<void> {
    await Promise.all([...this.proxies.values()].map((proxy) => proxy.stop()));
    await this.server.dispose();
  }
}

function keyOf(kind: ServiceKind, index: number): string {
  return `${kind} ${String(index + 1)}`;
}

async function proxiedGround(): Promise<Ground> {
  const broker = await ProxiedBroker.start();
  return {
    broker: () => Promise.resolve(broker),
    environment: (kind, index) => ({ NATS_URL: broker.proxy(kind, index).url }),
  };
}

/** More of everything, with a network of its own for each: what several faults want, one more and another less of it. */
export const PROXIED: Pick<Fault, 'ground' | 'replicas'> = {
  ground: proxiedGround,
  replicas: { gateway: 3, worker: 2, notifier: 3 },
};
