import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { SECRET } from './environment.js';

/** What one webhook of a flood was answered. */
export interface FloodAnswer {
  /** What {@link FloodRequest.id} says. */
  readonly id: string;
  readonly status: number;
  readonly retryAfter: string | undefined;
}

/** One webhook to be sent. */
export interface FloodRequest {
  readonly id: string;
  readonly body: unknown;
}

const HEAD_END = '\r\n\r\n';

/**
 * Sends webhooks from many connections at a time, each its next one as soon as the last one is answered: as much as the
 * gateway answers, however fast it is. Writes and reads sockets by hand, since a client of Node costs more than the gateway.
 */
export class Flood {
  readonly answers: FloodAnswer[] = [];
  /** Connections that the gateway cut. */
  cut = 0;
  private isOver = false;

  /** @param next makes the webhooks, in the order of their sending */
  constructor(
    private readonly port: number,
    private readonly next: () => FloodRequest,
  ) {}

  /** Resolves when the time is over and everything that was sent is answered. */
  async run(connections: number, forMs: number): Promise<void> {
    const running = Array.from({ length: connections }, () => this.connection());
    await setTimeout(forMs);
    this.isOver = true;
    await Promise.all(running);
  }

  private async connection(): Promise<void> {
    const socket = connect(this.port, '127.0.0.1');
    await new Promise<void>((resolve) => {
      let id = this.send(socket);
      let text = '';
      socket.on('data', (chunk) => {
        text += chunk.toString('latin1');
        const end = text.indexOf(HEAD_END);
        if (end < 0) return;
        const head = text.slice(0, end);
        const length = Number(/^content-length: (\d+)/im.exec(head)?.[1] ?? 0);
        if (text.length < end + HEAD_END.length + length) return;
        text = '';
        this.answers.push({
          id,
          status: Number(head.slice(9, 12)),
          retryAfter: /^retry-after: (\S+)/im.exec(head)?.[1],
        });
        if (this.isOver) socket.end();
        else id = this.send(socket);
      });
      socket.on('error', () => {
        this.cut += 1;
      });
      socket.on('close', () => {
        resolve();
      });
    });
  }

  private send(socket: Socket): string {
    const { id, body } = this.next();
    const text = JSON.stringify(body);
    const head = [
      'POST /vapi/webhook HTTP/1.1',
      'host: gateway',
      'content-type: application/json',
      `x-vapi-secret: ${SECRET}`,
      `content-length: ${String(Buffer.byteLength(text))}`,
    ];
    socket.write(head.join('\r\n') + HEAD_END + text);
    return id;
  }
}
