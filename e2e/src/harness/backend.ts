import { createServer } from 'node:http';
import type { Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { eventually } from '@interject/testing';

/** A request that the backend got. */
export interface BackendRequest {
  readonly idempotencyKey: string;
  readonly body: Readonly<Record<string, unknown>>;
}

interface Held {
  readonly request: BackendRequest;
  readonly response: ServerResponse;
}

/** A customer's existing HTTP backend: answers at once, or holds its answers until the test lets go. */
export class Backend {
  readonly requests: BackendRequest[] = [];
  private held: Held[] = [];
  private isHolding = false;

  private constructor(private readonly server: Server) {}

  static async start(): Promise<Backend> {
    const server = createServer();
    const backend = new Backend(server);
    server.on('request', (request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const body = JSON.parse(Buffer.concat(chunks).toString()) as Record<string, unknown>;
        backend.take({ idempotencyKey: String(request.headers['idempotency-key']), body }, response);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return backend;
  }

  get url(): string {
    return `http://127.0.0.1:${String((this.server.address() as AddressInfo).port)}`;
  }

  /** From now on answers wait for {@link release}. */
  hold(): void {
    this.isHolding = true;
  }

  /** Answers all that waits, and everything from now on at once. */
  release(): void {
    this.isHolding = false;
    for (const each of this.held.splice(0)) this.answer(each.request, each.response);
  }

  /** Resolves when `count` requests have come in all. */
  async received(count: number): Promise<void> {
    await eventually(() => this.requests.length >= count, { timeoutMs: 20_000 });
  }

  reset(): void {
    this.release();
    this.requests.length = 0;
  }

  async stop(): Promise<void> {
    this.release();
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private take(request: BackendRequest, response: ServerResponse): void {
    this.requests.push(request);
    if (this.isHolding) this.held.push({ request, response });
    else this.answer(request, response);
  }

  private answer({ body }: BackendRequest, response: ServerResponse): void {
    // A worker that was killed has closed its side.
    if (response.destroyed) return;
    const region = String(body['region']);
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ region, summary: `sales of ${region} are up four percent` }));
  }
}
