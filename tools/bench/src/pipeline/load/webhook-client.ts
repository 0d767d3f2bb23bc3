import { Pool } from 'undici';
import { monotonicMs } from './monotonic.js';

/** More than ever wait at once unless the system is overrun. */
const CONNECTIONS = 128;
const TIMEOUT_MS = 20_000;

/** Sends webhooks over kept connections, at the least cost: it shares the machine with what is measured. */
export class WebhookClient {
  private readonly pool: Pool;
  private readonly path: string;
  private readonly headers: Record<string, string>;

  constructor(url: string, headers: Readonly<Record<string, string>>) {
    const { origin, pathname } = new URL(url);
    this.path = pathname;
    this.headers = { 'content-type': 'application/json', ...headers };
    this.pool = new Pool(origin, {
      connections: CONNECTIONS,
      pipelining: 1,
      headersTimeout: TIMEOUT_MS,
      bodyTimeout: TIMEOUT_MS,
    });
  }

  /**
   * Never throws.
   *
   * @param done gets the time when the whole answer was there, or NaN when it was not 200
   */
  send(body: string, done: (at: number) => void): void {
    let status = 0;
    this.pool.dispatch(
      { path: this.path, method: 'POST', headers: this.headers, body },
      {
        onRequestStart: () => undefined,
        onResponseStart: (_controller, statusCode) => {
          status = statusCode;
        },
        onResponseData: () => undefined,
        onResponseEnd: () => done(status === 200 ? monotonicMs() : Number.NaN),
        onResponseError: () => done(Number.NaN),
      },
    );
  }

  async post(body: string): Promise<boolean> {
    return new Promise((resolve) => this.send(body, (at) => resolve(!Number.isNaN(at))));
  }
}
