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
 * Sits between a service and NATS. Stops the service's words at a certain point, so that it can be killed there: after
 * its handler is done but before the result is stored, or when that is stored but not acknowledged. Or is a bad network:
 * resets connections, or lets nothing through for a while and keeps them open.
 */
export class NatsProxy {
  private readonly sockets = new Set<Socket>();
  private wanted: Wanted | undefined;
  private isCut = false;
  private isStalled = false;
  /** What to write when it is over, in order, of each side. */
  private readonly heldBack: (() => void)[] = [];

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

  /** Resets every connection; what was on its way is lost. New ones are let through. @returns how many there were */
  reset(): number {
    const count = this.sockets.size / 2;
    this.heldBack.length = 0;
    for (const socket of this.sockets) socket.resetAndDestroy();
    return count;
  }

  /** Nothing gets through in either direction and no connection ends, as behind a firewall that has forgotten them. */
  stall(): void {
    this.isStalled = true;
  }

  /** What was held back gets through now, late and in order. */
  resume(): void {
    this.isStalled = false;
    for (const write of this.heldBack.splice(0)) write();
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
    server.on('data', (chunk) => {
      this.pass(client, chunk);
    });
    client.on('data', (chunk: Buffer) => {
      if (this.isCut) return;
      const { wanted } = this;
      const seen = tail + chunk.toString('latin1');
      const found = wanted === undefined ? -1 : seen.indexOf(wanted.marker);
      if (wanted === undefined || found < 0) {
        this.pass(server, chunk);
        tail = seen.slice(-TAIL);
        return;
      }
      this.isCut = true;
      // A message ends with its payload: whatever the client wrote at once is let through, or held back, as a whole.
      if (wanted.cut === 'behind') server.write(chunk);
      wanted.reached();
    });
  }

  private pass(to: Socket, chunk: Buffer): void {
    if (!this.isStalled) to.write(chunk);
    else this.heldBack.push(() => to.destroyed || to.write(chunk));
  }
}
