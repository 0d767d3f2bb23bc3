import { createServer, request as ask } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * A load balancer in front of several gateways: each request goes to the next one, on a connection of its own, and past those
 * that are gone.
 */
export class Balancer {
  private ports: readonly number[] = [];
  private next = 0;
  /** Requests under way, with the port they went to. */
  private readonly open = new Map<IncomingMessage, { readonly port: number; readonly since: number }>();

  private constructor(private readonly server: Server) {}

  static async start(): Promise<Balancer> {
    // Its clients say when a connection is over.
    const server = createServer({ keepAliveTimeout: 0 });
    const balancer = new Balancer(server);
    server.on('request', (request, response) => void balancer.take(request, response));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return balancer;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** Where requests go from now on. */
  serve(ports: readonly number[]): void {
    this.ports = ports;
  }

  /** Ports at which a request has been under way for longer than `ms`. */
  holding(ms: number): number[] {
    const now = performance.now();
    return [...this.open.values()].filter(({ since }) => now - since > ms).map(({ port }) => port);
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = Buffer.concat((await request.toArray()) as Buffer[]);
    this.next += 1;
    const turns = this.ports.map((_, index) => this.ports[(this.next + index) % this.ports.length] ?? 0);
    this.pass(turns, request, body, response);
  }

  private pass([port, ...others]: readonly number[], request: IncomingMessage, body: Buffer, response: ServerResponse) {
    if (port === undefined) {
      response.writeHead(502).end();
      return;
    }
    const { method, url } = request;
    const headers = { ...request.headers, connection: 'close' };
    this.open.set(request, { port, since: performance.now() });
    response.once('close', () => this.open.delete(request));
    const inner = ask({ host: '127.0.0.1', port, method, path: url, headers, agent: false }, (answer) => {
      const { connection: _, ...answered } = answer.headers;
      response.writeHead(answer.statusCode ?? 502, answered);
      answer.pipe(response);
      answer.once('error', () => response.destroy());
    });
    // The client has given up: the gateway must notice.
    response.once('close', () => inner.destroy());
    inner.once('error', (error) => {
      if (response.destroyed) return;
      // Nobody listens: nothing was done there. Killed in the middle of it, the client is left alone with that.
      if ((error as NodeJS.ErrnoException).code === 'ECONNREFUSED') this.pass(others, request, body, response);
      else response.destroy();
    });
    inner.end(body);
  }
}
