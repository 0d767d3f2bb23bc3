import type { Server } from 'node:http';
import type { Socket } from 'node:net';

export interface HttpDrainOptions {
  /** How long requests in flight may take after the stop (ms); default 6,000: the rest of the shutdown needs time too. */
  readonly limitMs?: number;
}

const POLL_MS = 100;

/** Closes an HTTP server so that every request in flight is answered and nobody can hold it open. */
export class HttpDrain {
  private readonly sockets = new Set<Socket>();
  private readonly limitMs: number;

  constructor(
    private readonly server: Server,
    { limitMs = 6_000 }: HttpDrainOptions = {},
  ) {
    this.limitMs = limitMs;
    server.on('connection', (socket: Socket) => {
      this.sockets.add(socket);
      socket.once('close', () => this.sockets.delete(socket));
    });
  }

  /**
   * @param close closes the server; requests in flight keep it from settling
   * @returns false if requests had to be cut off
   */
  async run(close: () => Promise<unknown>): Promise<boolean> {
    const deadline = performance.now() + this.limitMs;
    let clean = true;
    const timer = setInterval(() => {
      if (performance.now() < deadline) {
        this.cutIdle();
      } else if (this.sockets.size > 0) {
        clean = false;
        this.server.closeAllConnections();
      }
    }, POLL_MS);
    try {
      await close();
    } finally {
      clearInterval(timer);
    }
    return clean;
  }

  /**
   * `server.close()` cuts the idle connections of that moment only: one that answers a last request would be kept alive for
   * 72 s (Fastify's default). And Node takes a connection that has not sent a byte yet for a busy one.
   */
  private cutIdle(): void {
    this.server.closeIdleConnections();
    for (const socket of this.sockets) {
      if (socket.bytesRead === 0) socket.destroy();
    }
  }
}
