import { request } from 'undici';
import type { JsonObject } from '../scenario/json.types.js';

const TIMEOUT_MS = 10_000;

/** What another system of the team asks the gateway for, while a call runs. */
export interface GatewayRequest {
  readonly method: 'GET' | 'POST';
  /** From the gateway's origin. */
  readonly path: string;
  readonly body: JsonObject | undefined;
}

/** The gateway's API for other systems. */
export class GatewayApi {
  private readonly origin: string;

  /**
   * @param webhookUrl the API is on the same origin
   * @param apiKey sent as a bearer token; without one nothing is
   */
  constructor(
    webhookUrl: string,
    private readonly apiKey: string | undefined,
  ) {
    this.origin = new URL(webhookUrl).origin;
  }

  /** @returns the HTTP status; undefined when there was no answer */
  async ask({ method, path, body }: GatewayRequest, signal: AbortSignal): Promise<number | undefined> {
    try {
      const response = await request(`${this.origin}${path}`, {
        method,
        signal,
        headersTimeout: TIMEOUT_MS,
        bodyTimeout: TIMEOUT_MS,
        headers: {
          ...(this.apiKey === undefined ? {} : { authorization: `Bearer ${this.apiKey}` }),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        body: body === undefined ? null : JSON.stringify(body),
      });
      await response.body.dump();
      return response.statusCode;
    } catch {
      return undefined;
    }
  }
}
