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
    const { message } = JSON.parse(body) as { message: Webhook };
    this.received.push({ message, headers: request.headers, body });
    const status = message.type === 'tool-calls' ? (this.statuses.shift() ?? 200) : 200;
    const results = message.type === 'tool-calls' ? (message.toolCallList ?? []).map(accept) : [];
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
