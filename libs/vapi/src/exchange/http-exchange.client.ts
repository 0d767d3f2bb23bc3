import { Agent as HttpAgent, request as httpRequest } from 'node:http';
import type { RequestOptions } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { codeOf, Exchange } from './exchange.js';
import type { HttpExchange, HttpRequest } from './http-exchange.types.js';

/**
 * Sends HTTP requests, each on a connection of its own: Vapi closes every one after its answer, so keeping them would
 * only lose races (VAPI.md 2.4). TLS sessions are taken up again. Never throws, never follows a redirect.
 */
export class HttpExchangeClient {
  private readonly httpAgent = new HttpAgent({ keepAlive: false });
  private readonly httpsAgent = new HttpsAgent({ keepAlive: false });
  private readonly underWay = new Set<Promise<HttpExchange>>();
  private closing: Promise<void> | undefined;

  async send(request: HttpRequest): Promise<HttpExchange> {
    if (request.signal?.aborted === true) return { kind: 'failed', written: false, code: 'ABORTED' };
    if (this.closing !== undefined) return { kind: 'failed', written: false, code: 'CLOSED' };
    const exchange = this.exchange(request);
    this.underWay.add(exchange);
    try {
      return await exchange;
    } finally {
      this.underWay.delete(exchange);
    }
  }

  /** Lets what is under way end within its time limit, then closes. To call it again does no harm. */
  close(): Promise<void> {
    this.closing ??= Promise.allSettled(this.underWay).then(() => {
      this.httpAgent.destroy();
      this.httpsAgent.destroy();
    });
    return this.closing;
  }

  private exchange(request: HttpRequest): Promise<HttpExchange> {
    return new Promise((resolve) => {
      try {
        const isSecure = request.url.protocol === 'https:';
        const options = optionsOf(request);
        const outgoing = isSecure
          ? httpsRequest(request.url, { ...options, agent: this.httpsAgent })
          : httpRequest(request.url, { ...options, agent: this.httpAgent });
        new Exchange(request, outgoing, resolve);
      } catch (error) {
        // A header that cannot be written.
        resolve({ kind: 'failed', written: false, code: codeOf(error) });
      }
    });
  }
}

function optionsOf({ method, headers, body }: HttpRequest): RequestOptions {
  // Else a body would go out in chunks, for which not every server is ready.
  const length = body === undefined ? {} : { 'content-length': Buffer.byteLength(body) };
  return { method, headers: { ...headers, ...length } };
}
