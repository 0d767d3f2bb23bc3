import { connect, createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { setTimeout } from 'node:timers/promises';

/** Where a client is cut off: before the bytes that hold the marker reach the server, or right behind them. */
export type Cut = 'before' | 'behind';

interface Wanted {
  readonly marker: string;
  readonly cut: Cut;
  readonly reached: () => void;
}

/** Longer than one write of the client is spread over. */
const TAIL = 512;

/**
 * Sits between a service and NATS and stops the service's words at a certain point, so that it can be killed there: after
 * its handler is done but before the result is stored, or when that is stored but not acknowledged.
 */
export class NatsProxy {
  private readonly sockets = new Set<Socket>();
  private wanted: Wanted | undefined;
  private isCut = false;

  private constructor(private readonly server: Server) {}

  static async start(natsUrl: string): Promise<NatsProxy> {
    const { hostname, port } = new URL(natsUrl);
    const server = createServer();
    const proxy = new NatsProxy(server);
    server.on('connection', (client) => {
      proxy.join(client, connect(Number(port), hostname));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  get url(): string {
    return `nats://127.0.0.1:${String((this.server.address() as AddressInfo).port)}`;
  }

  /** Resolves when the client's words have been cut off at the first `marker`. From then on it says nothing more. */
  async cut(marker: string, cut: Cut): Promise<void> {
    await new Promise<void>((reached) => {
      this.wanted = { marker, cut, reached };
    });
    // What was let through has to arrive.
    if (cut === 'behind') await setTimeout(50);
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private join(client: Socket, server: Socket): void {
    let tail = '';
    for (const [socket, other] of [
      [client, server],
      [server, client],
    ] as const) {
      this.sockets.add(socket);
      socket.setNoDelay(true);
      socket.on('error', () => other.destroy());
      socket.on('close', () => {
        this.sockets.delete(socket);
        other.destroy();
      });
    }
    server.on('data', (chunk) => client.write(chunk));
    client.on('data', (chunk: Buffer) => {
      if (this.isCut) return;
      const { wanted } = this;
      const seen = tail + chunk.toString('latin1');
      const found = wanted === undefined ? -1 : seen.indexOf(wanted.marker);
      if (wanted === undefined || found < 0) {
        server.write(chunk);
        tail = seen.slice(-TAIL);
        return;
      }
      this.isCut = true;
      // A message ends with its payload: whatever the client wrote at once is let through, or held back, as a whole.
      if (wanted.cut === 'behind') server.write(chunk);
      wanted.reached();
    });
  }
}
