import { createServer } from 'node:http';
import type { IncomingHttpHeaders, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { eventually } from '@interject/testing';

/** A request that the backend got. */
export interface BackendRequest {
  readonly idempotencyKey: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** The same with what only some tests ask about. */
export interface FollowUpRequest extends BackendRequest {
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** When the backend worked for somebody, by the monotonic clock of the test; `to` is missing while it does. */
export interface WorkSpan {
  readonly text: string;
  readonly from: number;
  to?: number;
}

interface Held {
  readonly path: string;
  readonly request: BackendRequest;
  readonly response: ServerResponse;
}

/**
 * A customer's existing HTTP backend: answers at once, or holds its answers until the test lets go.
 * `/reports` builds reports, `/jobs` answers with what it was given after `ms`, `/unlucky` does so too but says no to the
 * first request for each text, `/later` takes jobs over and calls back when the test wants it, `/refused` says no, `/broken`
 * fails and tells whom it was about, and `/follow-ups` takes what could not be said.
 */
export class Backend {
  readonly requests: BackendRequest[] = [];
  readonly followUps: FollowUpRequest[] = [];
  /** Texts of the jobs that were given up by the other side before they were done. */
  readonly abandonedJobs: string[] = [];
  /** One for each request, in their order. */
  readonly spans: WorkSpan[] = [];
  /** Where jobs that were taken over are to be called back, by their text. */
  readonly callbackUrls = new Map<string, string>();
  private held: Held[] = [];
  private isHolding = false;
  private failure: number | undefined;
  private followUpRefusal: number | undefined;
  private readonly timers = new Set<NodeJS.Timeout>();

  private constructor(private readonly server: Server) {}

  static async start(): Promise<Backend> {
    const server = createServer();
    const backend = new Backend(server);
    server.on('request', (request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        const body = JSON.parse(text) as Record<string, unknown>;
        const { headers, url = '/' } = request;
        const entry = { idempotencyKey: String(headers['idempotency-key']), body };
        const callbackUrl = headers['x-interject-callback-url'];
        if (typeof callbackUrl === 'string') backend.callbackUrls.set(String(body['text']), callbackUrl);
        if (url === '/follow-ups') backend.takeFollowUp({ ...entry, headers, text }, response);
        else backend.take({ path: url, request: entry, response });
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return backend;
  }

  get url(): string {
    return `http://127.0.0.1:${String((this.server.address() as AddressInfo).port)}`;
  }

  /** From now on answers wait for {@link release}. */
  hold(): void {
    this.isHolding = true;
  }

  /** Answers all that waits, and everything from now on at once. */
  release(): void {
    this.isHolding = false;
    for (const each of this.held.splice(0)) this.answer(each);
  }

  /** From now on reports and jobs are answered with this status; without one as they should be. */
  fail(status?: number): void {
    this.failure = status;
  }

  /** The same for follow-ups. */
  refuseFollowUps(status?: number): void {
    this.followUpRefusal = status;
  }

  /** Resolves when `count` requests have come in all. */
  async received(count: number): Promise<void> {
    await eventually(() => this.requests.length >= count, { timeoutMs: 20_000 });
  }

  /** The requests that ask for this text. */
  jobsFor(text: string): BackendRequest[] {
    return this.requests.filter(({ body }) => body['text'] === text);
  }

  /** How many jobs of texts that begin so it worked on at a time, at most. */
  peakOf(beginning: string): number {
    const spans = this.spans.filter(({ text }) => text.startsWith(beginning));
    return Math.max(
      0,
      ...spans.map(({ from }) => spans.filter((each) => each.from <= from && (each.to ?? Infinity) > from).length),
    );
  }

  reset(): void {
    this.release();
    this.requests.length = 0;
  }

  async stop(): Promise<void> {
    this.release();
    for (const timer of this.timers) clearTimeout(timer);
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private take(held: Held): void {
    this.requests.push(held.request);
    const span: WorkSpan = { text: String(held.request.body['text']), from: performance.now() };
    this.spans.push(span);
    held.response.once('close', () => {
      span.to = performance.now();
      if (!held.response.writableEnded) this.abandonedJobs.push(String(held.request.body['text']));
    });
    if (this.isHolding) this.held.push(held);
    else this.answer(held);
  }

  private takeFollowUp(request: FollowUpRequest, response: ServerResponse): void {
    this.followUps.push(request);
    // A provider that is busy at first: it is asked again, with the same key. Only of jobs that succeeded, to be quick.
    const tries = this.followUps.filter(({ idempotencyKey }) => idempotencyKey === request.idempotencyKey).length;
    if (this.followUpRefusal !== undefined) {
      response.writeHead(this.followUpRefusal).end();
      return;
    }
    const isBusy = tries === 1 && request.body['outcome'] === 'succeeded';
    response.writeHead(isBusy ? 503 : 202).end();
  }

  private answer({ path, request: { body }, response }: Held): void {
    if (this.failure !== undefined) {
      send(response, this.failure, { problem: 'down' });
    } else if (path === '/later') {
      send(response, 202, {});
    } else if (path === '/unlucky' && this.jobsFor(String(body['text'])).length === 1) {
      send(response, 403, { problem: 'not this time' });
    } else if (path === '/jobs' || path === '/unlucky') {
      const timer = setTimeout(() => {
        this.timers.delete(timer);
        send(response, 200, body);
      }, Number(body['ms']));
      this.timers.add(timer);
    } else if (path === '/broken') {
      send(response, 500, { problem: `no row for ${String(body['text'])}` });
    } else if (path === '/refused') {
      send(response, 403, { problem: 'closed' });
    } else {
      const region = String(body['region']);
      send(response, 200, { region, summary: `sales of ${region} are up four percent` });
    }
  }
}

function send(response: ServerResponse, status: number, body: object): void {
  // A worker that was killed has closed its side.
  if (response.destroyed) return;
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}
