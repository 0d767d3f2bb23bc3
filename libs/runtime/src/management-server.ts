import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { describeError, isError } from '@interject/observability';
import type { Log, Metrics } from '@interject/observability';
import type { Readiness } from './readiness.service.js';
import { StartError } from './runtime.errors.js';

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

const JSON_TYPE = 'application/json; charset=utf-8';

/**
 * Health and metrics on a port of their own, up before anything else and down after it: `GET /health/live`,
 * `/health/ready`, `/metrics`. Plain node:http, so that it owes nothing to the application it reports on.
 */
export class ManagementServer {
  private readonly server: Server;

  constructor(
    private readonly readiness: Readiness,
    private readonly metrics: Metrics,
    private readonly log: Log,
  ) {
    this.server = createServer((request, response) => {
      void this.handle(request, response);
    });
  }

  /**
   * @param port 0 takes a free one
   * @returns the port it listens on
   * @throws StartError if it cannot listen there
   */
  async listen(port: number, host: string): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', (cause) => {
        const where = `The management port ${String(port)} on ${host}`;
        reject(new StartError(`${where} cannot be used (${codeOf(cause)}): free it, or configure another.`, { cause }));
      });
      this.server.listen(port, host, resolve);
    });
    const address = this.server.address();
    return typeof address === 'object' && address !== null ? address.port : port;
  }

  /** Cuts connections that are still open: whoever probes comes again. */
  async close(): Promise<void> {
    if (!this.server.listening) return;
    await new Promise<void>((resolve) => {
      this.server.close(() => {
        resolve();
      });
      this.server.closeAllConnections();
    });
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const answer = await this.answer(request).catch((error: unknown): Answer => {
      this.log.error('management request failed', { error });
      return json(500, { error: isError(error) ? describeError(error).name : 'error' });
    });
    response.writeHead(answer.status, { 'content-type': answer.type, 'cache-control': 'no-store' });
    response.end(request.method === 'HEAD' ? undefined : answer.body);
  }

  private async answer({ method, url = '/' }: IncomingMessage): Promise<Answer> {
    if (method !== 'GET' && method !== 'HEAD') return json(405, { error: 'method-not-allowed' });
    switch (url.split('?', 1)[0]) {
      case '/health/live':
        return json(200, { status: 'live' });
      case '/health/ready': {
        const report = await this.readiness.report();
        return json(report.status === 'ready' ? 200 : 503, report);
      }
      case '/metrics':
        return { status: 200, type: this.metrics.registry.contentType, body: await this.metrics.registry.metrics() };
      default:
        return json(404, { error: 'not-found', paths: ['/health/live', '/health/ready', '/metrics'] });
    }
  }
}

function json(status: number, body: unknown): Answer {
  return { status, type: JSON_TYPE, body: JSON.stringify(body) };
}

function codeOf(error: Error): string {
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}
