import { Agent, request } from 'undici';
import { authenticationHeaders } from './authentication.js';
import type { Authentication } from './authentication.types.js';

/** Where webhooks go. */
export interface WebhookTarget {
  /** The gateway's webhook URL. */
  readonly url: string;
  readonly authentication: Authentication;
}

/** One attempt. */
export interface WebhookPost {
  /** Sent as `x-call-id`; a chat has none. */
  readonly callId: string | undefined;
  /** Another URL than the target's. */
  readonly url?: string | undefined;
  /** Beside, and over, those that authenticate. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly body: string;
  readonly epochMs: number;
  readonly signal: AbortSignal;
}

export interface WebhookResponse {
  readonly status: number;
  readonly body: string;
}

/** Posts webhook bodies to the gateway, over kept connections. */
export class WebhookClient {
  private readonly agent = new Agent({ connections: 256, pipelining: 1, headersTimeout: 0, bodyTimeout: 0 });

  constructor(readonly target: WebhookTarget) {}

  /**
   * Posts one body once.
   * @throws when there is no connection, or the signal aborts
   */
  async post({ callId, body, epochMs, signal, ...to }: WebhookPost): Promise<WebhookResponse> {
    const { authentication } = this.target;
    const url = to.url ?? this.target.url;
    const response = await request(url, {
      method: 'POST',
      dispatcher: this.agent,
      signal,
      headers: {
        'content-type': 'application/json',
        ...(callId === undefined ? {} : { 'x-call-id': callId }),
        ...authenticationHeaders(authentication, { method: 'POST', url, body, epochMs }),
        ...to.headers,
      },
      body,
    });
    return { status: response.statusCode, body: await response.body.text() };
  }

  /** Drops all connections. */
  async close(): Promise<void> {
    await this.agent.destroy();
  }
}
