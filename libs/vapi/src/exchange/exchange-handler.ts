import type { IncomingHttpHeaders } from 'node:http';
import type { Dispatcher } from 'undici';
import type { HttpExchange, HttpRequest } from './http-exchange.types.js';

/** An answer that nobody wants is read to this length, so that the connection ends in order; then it is cut. */
const MAX_DROPPED_BYTES = 64 * 1024;
const ERROR_CODE = /^[A-Z][A-Z0-9_]{1,63}$/;
const MAX_RETRY_AFTER_S = 3_600;

/** Code of a request that `mayWrite` kept from being written. */
export const NOT_WANTED = 'NOT_WANTED';

type Controller = Dispatcher.DispatchController;

/** The code of a network error. Its text is not used: it may hold addresses. */
export function codeOf(error: unknown): string {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return typeof code === 'string' && ERROR_CODE.test(code) ? code : 'NETWORK';
}

/** `Retry-After` in seconds; the date form is not used by Vapi and left out. */
function retryAfterOf(headers: IncomingHttpHeaders): { readonly retryAfterMs?: number } {
  const seconds = /^\d{1,6}$/.test(headers['retry-after'] ?? '') ? Number(headers['retry-after']) : undefined;
  return seconds === undefined ? {} : { retryAfterMs: Math.min(seconds, MAX_RETRY_AFTER_S) * 1_000 };
}

/**
 * Follows one request through undici's dispatcher. Used instead of `undici.request` because only here it is told
 * apart whether a failure came before or after the request was written, TLS and connection resets included.
 */
export class ExchangeHandler implements Dispatcher.DispatchHandler {
  private controller: Controller | undefined;
  private head: { readonly status: number; readonly retryAfterMs?: number } | undefined;
  private readonly chunks: Buffer[] = [];
  private received = 0;
  private settled = false;
  private stopped = false;
  private readonly timer: NodeJS.Timeout;
  private readonly onAbort = (): void => {
    this.stop('ABORTED');
  };

  constructor(
    private readonly request: Pick<HttpRequest, 'timeoutMs' | 'maxBodyBytes' | 'signal' | 'mayWrite'>,
    private readonly settle: (exchange: HttpExchange) => void,
  ) {
    this.timer = setTimeout(() => {
      this.stop('TIMEOUT');
    }, request.timeoutMs);
    request.signal?.addEventListener('abort', this.onAbort, { once: true });
  }

  /** Ends the exchange, whatever its state. A request that is not written yet will not be. */
  stop(code: string): void {
    this.fail(code);
    this.stopped = true;
    this.cleanUp();
    this.controller?.abort(new Error(code));
  }

  /** Called when the connection stands, just before the first byte is written. */
  onRequestStart(controller: Controller): void {
    if (this.stopped) {
      controller.abort(new Error('STOPPED'));
      return;
    }
    if (this.request.mayWrite?.() === false) {
      this.stop(NOT_WANTED);
      controller.abort(new Error(NOT_WANTED));
      return;
    }
    this.controller = controller;
  }

  onResponseStart(_controller: Controller, status: number, headers: IncomingHttpHeaders): void {
    if (status < 200) return;
    this.head = { status, ...retryAfterOf(headers) };
    if (this.request.maxBodyBytes === 0) this.succeed('');
  }

  onResponseData(_controller: Controller, chunk: Buffer): void {
    this.received += chunk.byteLength;
    if (this.received > (this.request.maxBodyBytes || MAX_DROPPED_BYTES)) {
      this.stop('TOO_LARGE');
    } else if (!this.settled) {
      this.chunks.push(chunk);
    }
  }

  onResponseEnd(): void {
    this.succeed(Buffer.concat(this.chunks).toString('utf8'));
    this.cleanUp();
  }

  onResponseError(_controller: Controller | undefined, error: unknown): void {
    this.fail(codeOf(error));
    this.cleanUp();
  }

  private succeed(body: string): void {
    if (this.settled || this.head === undefined) return;
    this.settled = true;
    this.settle({ kind: 'response', ...this.head, body });
  }

  private fail(code: string): void {
    if (this.settled) return;
    this.settled = true;
    this.settle({ kind: 'failed', written: this.controller !== undefined, code });
  }

  private cleanUp(): void {
    clearTimeout(this.timer);
    this.request.signal?.removeEventListener('abort', this.onAbort);
  }
}
