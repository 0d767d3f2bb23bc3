import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CrowdCall } from './crowd-call.js';
import { markersIn } from './tracked-tool-call.js';
import type { ControlPost, ControlReaction, React } from './vapi.types.js';

/** Answer to a call that is unknown or over, as probed (VAPI.md 2.4). */
const GONE = 400;

/** The control URLs of all calls, and `GET /call/:id`. Every reply closes its connection, as Vapi's do. */
export class ControlServer {
  /** What is done with each POST; undefined is the usual. */
  react: React = () => undefined;
  /** Connections are reset before anything of a request is read. */
  refuses = false;
  private count = 0;

  private constructor(
    private readonly server: Server,
    private readonly find: (callId: string) => CrowdCall | undefined,
  ) {}

  static async start(find: (callId: string) => CrowdCall | undefined): Promise<ControlServer> {
    const server = createServer({ keepAlive: false });
    const control = new ControlServer(server, find);
    server.on('connection', (socket) => {
      if (control.refuses) socket.resetAndDestroy();
    });
    server.on('request', (request, response) => void control.take(request, response));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return control;
  }

  get origin(): string {
    return `http://127.0.0.1:${String((this.server.address() as AddressInfo).port)}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    response.setHeader('connection', 'close');
    const [, first = '', second = ''] = (request.url ?? '').split('/');
    if (request.method === 'GET' && first === 'call') {
      this.tell(second, response);
      return;
    }
    const body = Buffer.concat((await request.toArray().catch(() => [])) as Buffer[]).toString();
    // The other side was killed while it wrote.
    if (!request.complete) return;
    await this.post(first, body, response);
  }

  private async post(callId: string, body: string, response: ServerResponse): Promise<void> {
    const post = this.read(callId, body);
    const call = this.find(callId);
    if (call === undefined || call.endedAt !== undefined) {
      if (call !== undefined) noteAt(call, post, 'call over');
      reply(response, GONE);
      return;
    }
    const reaction: ControlReaction = this.react(post) ?? { takesEffect: true };
    const answer = reaction.answer ?? (reaction.takesEffect ? 200 : 503);
    noteAt(call, post, `${String(answer)}${reaction.takesEffect ? '' : ', no effect'}`);
    if (reaction.takesEffect && post.type === 'say') call.say(post.text);
    if (reaction.delayMs !== undefined) await sleep(reaction.delayMs);
    if (reaction.retryAfterS !== undefined) response.setHeader('retry-after', String(reaction.retryAfterS));
    if (answer === 'reset') response.destroy();
    else reply(response, answer);
  }

  private read(callId: string, body: string): ControlPost {
    this.count += 1;
    const parsed = JSON.parse(body) as { type: string; content?: string; message?: { content?: string } };
    const text = parsed.content ?? parsed.message?.content ?? '';
    return { callId, type: parsed.type, text, count: this.count };
  }

  private tell(callId: string, response: ServerResponse): void {
    const call = this.find(callId);
    if (call === undefined) {
      reply(response, 404);
      return;
    }
    const status = call.endedAt === undefined ? 'in-progress' : 'ended';
    const monitor = { controlUrl: `${this.origin}/${callId}/control` };
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ id: callId, status, monitor }));
  }
}

function noteAt(call: CrowdCall, post: ControlPost, outcome: string): void {
  const markers = markersIn(post.text);
  for (const toolCall of call.toolCalls) {
    if (!markers.includes(toolCall.marker)) continue;
    if (post.type === 'say') toolCall.posts.push({ at: performance.now(), outcome });
    else toolCall.told.push(performance.now());
  }
}

function reply(response: ServerResponse, status: number): void {
  if (response.destroyed) return;
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(status === 200 ? '{"status":"ok"}' : JSON.stringify({ statusCode: status }));
}
