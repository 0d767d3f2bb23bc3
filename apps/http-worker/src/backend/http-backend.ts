import { Injectable } from '@nestjs/common';
import type { OnApplicationShutdown } from '@nestjs/common';
import { isToolError, NonRetryableError, ToolError } from '@interject/worker-sdk';
import { Agent, request as send } from 'undici';
import type { Dispatcher } from 'undici';
import { isSuccess } from './answer.js';
import type { BackendAnswer } from './answer.js';
import { BackendMetrics } from './backend-metrics.js';
import type { BackendRequest } from './build-request.js';
import { readText } from './decode-body.js';

const MAX_REDIRECTS = 3;
const CONNECT_TIMEOUT_MS = 10_000;
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

function header(headers: Dispatcher.ResponseData['headers'], name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value[0] : value;
}

/** Where a redirect leads: only within the origin, with the method that RFC 9110, 15.4 gives. */
function redirected(from: BackendRequest, status: number, location: string | undefined): BackendRequest {
  const base = from.url.href;
  const url = location !== undefined && URL.canParse(location, base) ? new URL(location, base) : undefined;
  if (url?.origin !== from.url.origin) {
    // Headers hold credentials, and the arguments are private.
    throw new NonRetryableError('The backend redirects to another origin.', { code: 'backend-redirect' });
  }
  if (status === 307 || status === 308 || from.method === 'GET') return { ...from, url };
  const { 'content-type': _contentType, ...headers } = from.headers;
  return { method: 'GET', url, headers };
}

/** Sends requests to the backends that the tools file names. */
@Injectable()
export class HttpBackend implements OnApplicationShutdown {
  // The tool's own deadline comes through the signal; undici's five minutes must not come before it.
  private readonly agent = new Agent({ connect: { timeout: CONNECT_TIMEOUT_MS }, headersTimeout: 0, bodyTimeout: 0 });

  constructor(private readonly metrics: BackendMetrics) {}

  /**
   * @param signal ends the request
   * @throws ToolError retryable when the backend cannot be reached; NonRetryableError for an answer that cannot be used
   */
  async send(request: BackendRequest, signal: AbortSignal): Promise<BackendAnswer> {
    try {
      return await this.metrics.measure(signal, () => this.follow(request, signal));
    } catch (cause) {
      if (isToolError(cause)) throw cause;
      throw ToolError.retryable('The backend cannot be reached.', { code: 'backend-unreachable', cause });
    }
  }

  async onApplicationShutdown(): Promise<void> {
    await this.agent.destroy();
  }

  private async follow(first: BackendRequest, signal: AbortSignal): Promise<BackendAnswer> {
    let request = first;
    for (let hops = 0; hops <= MAX_REDIRECTS; hops += 1) {
      const { method, url, headers, body } = request;
      const response = await send(url, { method, headers, body: body ?? null, signal, dispatcher: this.agent });
      if (!REDIRECTS.has(response.statusCode)) return await this.read(response);
      await response.body.dump();
      request = redirected(request, response.statusCode, header(response.headers, 'location'));
    }
    throw new NonRetryableError('The backend redirects again and again.', { code: 'backend-redirect' });
  }

  private async read({ statusCode, headers, body }: Dispatcher.ResponseData): Promise<BackendAnswer> {
    const contentType = header(headers, 'content-type') ?? '';
    const text = readText(body, header(headers, 'content-encoding') ?? '', contentType);
    return {
      status: statusCode,
      contentType,
      retryAfter: header(headers, 'retry-after'),
      // Of a refusal the status says enough: a 503 with a page of 1 MB is still a 503, and tried again.
      text: isSuccess(statusCode) ? await text : await text.catch(() => ''),
    };
  }
}
