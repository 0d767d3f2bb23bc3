import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Metrics } from '@interject/observability';
import { freePort } from '@interject/testing';
import { BackendMetrics } from './backend-metrics.js';
import type { BackendRequest } from './build-request.js';
import { MAX_ANSWER_BYTES } from './decode-body.js';
import { HttpBackend } from './http-backend.js';

type Handler = (request: IncomingMessage, response: ServerResponse, body: string) => void;

interface Seen {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

describe('HttpBackend', () => {
  let backend: HttpBackend;
  let metrics: Metrics;
  let server: Server;
  let origin: string;
  let handler: Handler;
  let seen: Seen[];

  beforeEach(async () => {
    metrics = new Metrics();
    backend = new HttpBackend(new BackendMetrics(metrics));
    seen = [];
    server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const body = Buffer.concat(chunks).toString();
        seen.push({ method: request.method, url: request.url, headers: request.headers, body });
        handler(request, response, body);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    origin = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  });
  afterEach(async () => {
    await backend.onApplicationShutdown();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  function send(over: Partial<BackendRequest> = {}, signal = new AbortController().signal) {
    const headers = { 'content-type': 'application/json', authorization: 'Bearer abc' };
    return backend.send({ method: 'POST', url: new URL(`${origin}/x`), headers, body: '{"a":1}', ...over }, signal);
  }

  it('sends the request and reads the answer', async () => {
    handler = (_request, response) => {
      response.writeHead(201, { 'content-type': 'application/json', 'retry-after': '3' }).end('{"ok":"ä"}');
    };
    expect(await send()).toEqual({ status: 201, contentType: 'application/json', retryAfter: '3', text: '{"ok":"ä"}' });
    expect(seen).toEqual([
      expect.objectContaining({
        method: 'POST',
        url: '/x',
        body: '{"a":1}',
        headers: expect.objectContaining({ authorization: 'Bearer abc' }),
      }),
    ]);
  });

  it('takes an answer of just the largest size, and refuses a larger one without reading it all', async () => {
    handler = (_request, response) => {
      response.end('x'.repeat(MAX_ANSWER_BYTES));
    };
    expect((await send()).text).toHaveLength(MAX_ANSWER_BYTES);
    let written = 0;
    handler = (_request, response) => {
      const write = (): void => {
        while (!response.destroyed && written < 100 * MAX_ANSWER_BYTES) {
          written += 65_536;
          if (!response.write('x'.repeat(65_536))) {
            response.once('drain', write);
            return;
          }
        }
        response.end();
      };
      write();
    };
    await expect(send()).rejects.toMatchObject({ code: 'result-too-large', retryable: false });
    expect(written).toBeLessThan(100 * MAX_ANSWER_BYTES);
  });

  it('calls an unreachable backend retryable, and its address private', async () => {
    const port = await freePort();
    const failure: unknown = await send({ url: new URL(`http://127.0.0.1:${String(port)}/secret`) }).catch(
      (e: unknown) => e,
    );
    expect(failure).toMatchObject({ code: 'backend-unreachable', retryable: true, cause: { code: 'ECONNREFUSED' } });
    expect((failure as Error).message).toBe('The backend cannot be reached.');
  });

  it('calls a connection that breaks in the middle of the answer retryable', async () => {
    handler = (_request, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('half');
      setImmediate(() => response.destroy());
    };
    await expect(send()).rejects.toMatchObject({ code: 'backend-unreachable', retryable: true });
  });

  it('ends the request when the signal says so', async () => {
    const controller = new AbortController();
    const closed = new Promise<void>((resolve) => {
      handler = (request) => {
        request.socket.once('close', () => {
          resolve();
        });
        controller.abort(new Error('deadline'));
      };
    });
    await expect(send({}, controller.signal)).rejects.toMatchObject({ code: 'backend-unreachable' });
    await closed;
  });

  it.each([
    [307, 'POST', '{"a":1}'],
    [308, 'POST', '{"a":1}'],
    [303, 'GET', ''],
    [302, 'GET', ''],
  ])('follows a %i within the origin with %s', async (status, method, body) => {
    handler = (request, response) => {
      if (request.url === '/x') response.writeHead(status, { location: '/y?z=1' }).end();
      else response.end('there');
    };
    expect((await send()).text).toBe('there');
    expect(seen[1]).toMatchObject({ method, url: '/y?z=1', body, headers: { authorization: 'Bearer abc' } });
  });

  it.each([
    ['to another origin', 'http://other.example/'],
    ['to another port', 'http://127.0.0.1:1/'],
    ['nowhere', undefined],
  ])('does not follow a redirect %s', async (_case, location) => {
    handler = (_request, response) => {
      response.writeHead(307, location === undefined ? {} : { location }).end();
    };
    await expect(send()).rejects.toMatchObject({ code: 'backend-redirect', retryable: false });
    expect(seen).toHaveLength(1);
  });

  it('does not run in circles', async () => {
    handler = (_request, response) => {
      response.writeHead(307, { location: '/x' }).end();
    };
    await expect(send()).rejects.toMatchObject({ code: 'backend-redirect' });
    expect(seen).toHaveLength(4);
  });

  it.each<[string, (bytes: Buffer) => Buffer]>([
    ['gzip', gzipSync],
    ['x-gzip', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
    ['GZIP, br', (bytes) => brotliCompressSync(gzipSync(bytes))],
    ['identity', (bytes) => bytes],
  ])('reads an answer in %s', async (encoding, compress) => {
    handler = (_request, response) => {
      response.writeHead(200, { 'content-encoding': encoding }).end(compress(Buffer.from('{"ok":"ä"}')));
    };
    expect((await send()).text).toBe('{"ok":"ä"}');
    expect(seen[0]?.headers).not.toHaveProperty('accept-encoding');
  });

  it('does not unfold a small answer to more than a result may hold', async () => {
    handler = (_request, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(Buffer.alloc(50_000_000)));
    };
    await expect(send()).rejects.toMatchObject({ code: 'result-too-large', retryable: false });
  });

  it.each<[string, Buffer, string]>([
    ['text/plain; charset=iso-8859-1', Buffer.from('ä', 'latin1'), 'ä'],
    ['application/json; charset="UTF-16LE"', Buffer.from('"ä"', 'utf16le'), '"ä"'],
    ['application/json', Buffer.from('\ufeff{}'), '{}'],
    ['text/plain; charset=klingon', Buffer.from('ä'), 'ä'],
    ['', Buffer.alloc(0), ''],
  ])('reads the charset of %s', async (contentType, bytes, text) => {
    handler = (_request, response) => {
      response.writeHead(200, contentType === '' ? {} : { 'content-type': contentType }).end(bytes);
    };
    expect((await send()).text).toBe(text);
  });

  it.each<[string, Record<string, string>, Buffer]>([
    ['a body beyond all bounds', {}, Buffer.alloc(2_000_000, 'x')],
    ['a body in gzip', { 'content-encoding': 'gzip' }, gzipSync('busy')],
    ['a body that is no gzip', { 'content-encoding': 'gzip' }, Buffer.from('busy')],
    ['an unknown encoding', { 'content-encoding': 'zstd' }, Buffer.from('busy')],
  ])('knows 503 and when to come again from %s', async (_case, headers, bytes) => {
    handler = (_request, response) => {
      response.writeHead(503, { 'retry-after': '7', ...headers }).end(bytes);
    };
    expect(await send()).toMatchObject({ status: 503, retryAfter: '7' });
  });

  it('knows 503 from a connection that breaks in the middle of its body', async () => {
    handler = (_request, response) => {
      response.writeHead(503, { 'content-length': '100' });
      response.write('half');
      setImmediate(() => response.destroy());
    };
    expect(await send()).toMatchObject({ status: 503, text: '' });
  });

  it.each(['gzip', 'zstd'])('refuses an answer that says %s and is not', async (encoding) => {
    handler = (_request, response) => {
      response.writeHead(200, { 'content-encoding': encoding }).end('?');
    };
    await expect(send()).rejects.toMatchObject({ code: 'backend-answer-invalid', retryable: false });
  });

  it('is measured by what came of it', async () => {
    handler = (_request, response) => response.writeHead(503).end();
    await send();
    handler = (_request, response) => response.writeHead(200, { 'content-encoding': 'zstd' }).end('?');
    await send().catch(() => undefined);
    handler = (_request, response) => response.destroy();
    await send().catch(() => undefined);
    const counts = [...(await metrics.registry.metrics()).matchAll(/_count\{outcome="(.*)"\} (\d)/g)];
    expect(counts.map(([, outcome, count]) => `${outcome ?? ''} ${count ?? ''}`)).toEqual([
      '5xx 1',
      'unusable 1',
      'unreachable 1',
    ]);
  });
});
