import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** The parts of a webhook that specs look at. */
export interface Webhook {
  readonly type: string;
  readonly status?: string;
  readonly role?: string;
  readonly call: { readonly id: string; readonly status: string; readonly monitor: { readonly controlUrl: string } };
  /** Whatever the shape makes of it. */
  readonly toolCallList?: readonly ({ readonly id?: string; readonly function?: { readonly name: string } } | null)[];
  readonly artifact: { readonly recordingUrl: string };
  readonly endedReason?: string;
  readonly assistant?: { readonly silenceTimeoutSeconds: number; readonly maxDurationSeconds: number };
  /** Of `assistant.speechStarted`. */
  readonly text?: string;
  readonly source?: string;
  readonly turn?: number;
  /** Of `conversation-update`. */
  readonly messagesOpenAIFormatted?: readonly { readonly role: string; readonly content: string }[];
  readonly timestamp: number;
}

/** One webhook as it arrived. */
export interface Received {
  readonly message: Webhook;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** A gateway that answers as told and speaks through the control URL as told. */
export class FakeGateway {
  readonly received: Received[] = [];
  readonly controlStatuses: number[] = [];
  /** Control POSTs that got no answer. */
  controlFailures = 0;
  controlAuthorization: string | undefined;
  statuses: number[] = [];
  /** Real ms before each of the first tool-calls webhooks is answered. */
  answerDelaysMs: number[] = [];
  /** Webhooks whose sender went away before the answer. */
  abandoned = 0;
  /** Requests to anything else than the webhook route: `<method> <path> <authorization>`. */
  readonly apiRequests: string[] = [];
  apiStatus = 202;
  /** What is posted to the control URL some real ms after a tool call; a text is a `say`. */
  injections: readonly { readonly afterMs: number; readonly message: object }[] = [];
  private readonly timers = new Set<NodeJS.Timeout>();
  private readonly server: Server = createServer((request, response) => void this.take(request, response));

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/vapi/webhook`;
  }

  async close(): Promise<void> {
    for (const timer of this.timers) clearTimeout(timer);
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  types(): readonly string[] {
    return this.received.map(({ message }) => [message.type, message.role, message.status].filter(Boolean).join(' '));
  }

  private async take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString();
    if (request.url !== '/vapi/webhook') {
      this.apiRequests.push(`${request.method} ${request.url} ${request.headers.authorization ?? '-'} ${body}`);
      response.writeHead(this.apiStatus).end('{}');
      return;
    }
    response.on('close', () => (this.abandoned += response.writableFinished ? 0 : 1));
    const { message } = JSON.parse(body) as { message: Webhook };
    this.received.push({ message, headers: request.headers, body });
    const status = message.type === 'tool-calls' ? (this.statuses.shift() ?? 200) : 200;
    const results = message.type === 'tool-calls' ? (message.toolCallList ?? []).map(accept) : [];
    const delayMs = message.type === 'tool-calls' ? (this.answerDelaysMs.shift() ?? 0) : 0;
    if (delayMs > 0) await new Promise((resolve) => this.timers.add(setTimeout(resolve, delayMs)));
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ results }));
    if (message.type !== 'tool-calls' || status !== 200) return;
    for (const { afterMs, message: injection } of this.injections) {
      const timer = setTimeout(() => void this.inject(message.call.monitor.controlUrl, injection), afterMs);
      this.timers.add(timer);
    }
  }

  private async inject(controlUrl: string, message: object): Promise<void> {
    const authorization = this.controlAuthorization;
    try {
      const response = await fetch(controlUrl, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...(authorization === undefined ? {} : { authorization }) },
        body: JSON.stringify(message),
      });
      this.controlStatuses.push(response.status);
    } catch {
      this.controlFailures += 1;
    }
  }
}

function accept(call: NonNullable<Webhook['toolCallList']>[number]): object {
  return { name: call?.function?.name, toolCallId: call?.id, result: 'accepted, no result yet' };
}

/** A `say` for {@link FakeGateway.injections}. */
export function say(content: string, afterMs = 100, more: object = {}): { afterMs: number; message: object } {
  return { afterMs, message: { type: 'say', content, ...more } };
}
