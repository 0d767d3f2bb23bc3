import type { ClientRequest, IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { HttpExchange, HttpRequest } from './http-exchange.types.js';

/** An answer that nobody wants is read to this length, so that the connection ends in order; then it is cut. */
const MAX_DROPPED_BYTES = 64 * 1024;
const ERROR_CODE = /^[A-Z][A-Z0-9_]{1,63}$/;
const MAX_RETRY_AFTER_S = 3_600;

/** Code of a request that `mayWrite` kept from being written. */
export const NOT_WANTED = 'NOT_WANTED';

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
 * Follows one request of `node:http`. Nothing of it is written before {@link write} is called, and that happens when the
 * connection stands, TLS included: so a failure is told apart by whether it came before or after.
 */
export class Exchange {
  private head: { readonly status: number; readonly retryAfterMs?: number } | undefined;
  private chunks: Buffer[] | undefined;
  private received = 0;
  private isWritten = false;
  private isSettled = false;
  private readonly timer: NodeJS.Timeout;
  private readonly onAbort = (): void => {
    this.stop('ABORTED');
  };

  constructor(
    private readonly request: HttpRequest,
    private readonly outgoing: ClientRequest,
    private readonly settle: (exchange: HttpExchange) => void,
  ) {
    this.timer = setTimeout(() => {
      this.stop('TIMEOUT');
    }, request.timeoutMs);
    request.signal?.addEventListener('abort', this.onAbort, { once: true });
    const connected = request.url.protocol === 'https:' ? 'secureConnect' : 'connect';
    outgoing.once('socket', (socket: Socket) => {
      socket.once(connected, () => {
        this.write();
      });
    });
    outgoing.once('response', (response) => {
      this.receive(response);
    });
    outgoing.on('error', (error) => {
      this.fail(codeOf(error));
    });
    outgoing.once('close', () => {
      // A connection that ended in the middle of an answer; else this says nothing new.
      this.fail('ECONNRESET');
      this.cleanUp();
    });
  }

  private write(): void {
    if (this.isSettled) return;
    if (this.request.mayWrite?.() === false) {
      this.stop(NOT_WANTED);
      return;
    }
    this.isWritten = true;
    this.outgoing.end(this.request.body);
  }

  private receive(response: IncomingMessage): void {
    this.head = { status: response.statusCode ?? 0, ...retryAfterOf(response.headers) };
    if (this.request.maxBodyBytes === 0) this.succeed();
    response.on('data', (chunk: Buffer) => {
      this.take(chunk);
    });
    response.once('end', () => {
      this.succeed();
    });
    // Told by the end of the request too.
    response.once('error', () => undefined);
  }

  private take(chunk: Buffer): void {
    this.received += chunk.byteLength;
    if (this.received > (this.request.maxBodyBytes || MAX_DROPPED_BYTES)) this.stop('TOO_LARGE');
    else if (!this.isSettled) (this.chunks ??= []).push(chunk);
  }

  /** Ends the exchange, whatever its state. A request that is not written yet will not be. */
  private stop(code: string): void {
    this.fail(code);
    this.cleanUp();
    this.outgoing.destroy();
  }

  private succeed(): void {
    if (this.isSettled || this.head === undefined) return;
    this.isSettled = true;
    const body = this.chunks === undefined ? '' : Buffer.concat(this.chunks).toString('utf8');
    this.settle({ kind: 'response', ...this.head, body });
  }

  private fail(code: string): void {
    if (this.isSettled) return;
    this.isSettled = true;
    this.settle({ kind: 'failed', written: this.isWritten, code });
  }

  private cleanUp(): void {
    clearTimeout(this.timer);
    this.request.signal?.removeEventListener('abort', this.onAbort);
  }
}
