import { connect, createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';

/** Sits between a gateway and NATS. While it is paused nothing goes either way, as if the server had been suspended. */
export class NatsPause {
  private readonly sockets = new Set<Socket>();
  private isPaused = false;

  private constructor(private readonly server: Server) {}

  static async start(natsUrl: string): Promise<NatsPause> {
    const { hostname, port } = new URL(natsUrl);
    const server = createServer();
    const pause = new NatsPause(server);
    server.on('connection', (client) => {
      pause.join(client, connect(Number(port), hostname));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return pause;
  }

  get url(): string {
    return `nats://127.0.0.1:${String((this.server.address() as AddressInfo).port)}`;
  }

  pause(): void {
    this.isPaused = true;
    for (const socket of this.sockets) socket.pause();
  }

  resume(): void {
    this.isPaused = false;
    for (const socket of this.sockets) socket.resume();
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private join(client: Socket, server: Socket): void {
    for (const [socket, other] of [
      [client, server],
      [server, client],
    ] as const) {
      this.sockets.add(socket);
      socket.setNoDelay(true);
      socket.on('data', (chunk) => other.write(chunk));
      if (this.isPaused) socket.pause();
      socket.on('error', () => other.destroy());
      socket.on('close', () => {
        this.sockets.delete(socket);
        other.destroy();
      });
    }
  }
}
