import { Agent } from 'undici';
import { codeOf, ExchangeHandler } from './exchange-handler.js';
import type { HttpExchange, HttpRequest } from './http-exchange.types.js';

/**
 * Sends HTTP requests, each on a connection of its own: Vapi closes every one after its answer, so keeping them would
 * only lose races (VAPI.md 2.4). Never throws, never follows a redirect.
 */
export class HttpExchangeClient {
  private readonly agent: Agent;
  private closing: Promise<void> | undefined;

  /** @param connectTimeoutMs when an attempt to connect is given up; the request's own limit may end it earlier */
  constructor(connectTimeoutMs: number) {
    this.agent = new Agent({ connect: { timeout: connectTimeoutMs } });
  }

  send(request: HttpRequest): Promise<HttpExchange> {
    if (request.signal?.aborted === true) {
      return Promise.resolve({ kind: 'failed', written: false, code: 'ABORTED' });
    }
    return new Promise((resolve) => {
      const handler = new ExchangeHandler(request, resolve);
      try {
        this.agent.dispatch(
          {
            origin: request.url.origin,
            path: request.url.pathname + request.url.search,
            method: request.method,
            headers: { ...request.headers },
            body: request.body ?? null,
            reset: true,
            // The handler keeps the time: undici's own timers are coarse by a second.
            headersTimeout: 0,
            bodyTimeout: 0,
          },
          handler,
        );
      } catch (error) {
        handler.stop(codeOf(error));
      }
    });
  }

  /** Lets what is under way end within its time limit, then closes. To call it again does no harm. */
  close(): Promise<void> {
    this.closing ??= this.agent.close();
    return this.closing;
  }
}
