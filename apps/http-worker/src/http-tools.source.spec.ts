import 'reflect-metadata';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { toolCallKey } from '@interject/contracts';
import { Log, Metrics } from '@interject/observability';
import { loadConfigs } from '@interject/runtime';
import { eventually, VirtualClock } from '@interject/testing';
import { ToolBench } from '@interject/worker-sdk/testing';
import { BackendMetrics } from './backend/backend-metrics.js';
import { HttpBackend } from './backend/http-backend.js';
import { HttpToolsSource } from './http-tools.source.js';
import { HttpWorkerConfig } from './http-worker.config.js';

const CALLBACKS = { GATEWAY_PUBLIC_URL: 'https://g.example', CALLBACK_SECRET: 'sixteen characters' };

const TOOL = `
tools:
  - name: order_status
    description: Looks up an order.
    parameters:
      type: object
      properties: { orderId: { type: string, minLength: 1 }, kind: { enum: [a, b] } }
      required: [orderId]
      additionalProperties: false
    request: { url: 'ORIGIN/orders' }
    timeoutMs: 5000
    retry: { attempts: 2, backoffMs: 1000 }
    SAY
    sayOnFailure: I could not reach the order system.
`;

describe('a tool of the file, run as the worker runs it', () => {
  let directory: string;
  let server: Server;
  let backend: HttpBackend;
  let asked: { headers: Record<string, unknown>; body: string }[];
  let answer: (response: ServerResponse) => void;

  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'interject-tools-'));
    backend = new HttpBackend(new BackendMetrics(new Metrics()));
    asked = [];
    server = createServer((request, response) => {
      let body = '';
      request.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
      request.on('end', () => {
        asked.push({ headers: request.headers, body });
        answer(response);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterEach(async () => {
    await backend.onApplicationShutdown();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    rmSync(directory, { recursive: true });
  });

  function bench(say = ''): { bench: ToolBench; clock: VirtualClock } {
    const origin = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
    const path = join(directory, 'tools.yaml');
    writeFileSync(path, TOOL.replace('ORIGIN', origin).replace('SAY', say));
    const config = loadConfigs([HttpWorkerConfig], { HTTP_TOOLS_FILE: path, ...CALLBACKS }).get(HttpWorkerConfig);
    const clock = new VirtualClock();
    const [registration] = new HttpToolsSource(config, backend, clock, Log.silent()).tools();
    if (registration === undefined) throw new Error('The file gave no tool.');
    return { bench: new ToolBench(registration, clock), clock };
  }

  const json = (value: unknown) => (response: ServerResponse) => {
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value));
  };

  it('asks the backend and words its answer', async () => {
    const { bench: b } = bench('say: "Order {{ arguments.orderId }}\\n is {{ result.status }}."');
    answer = json({ status: 'shipped' });
    await b.ask({ orderId: '7' });
    expect(asked).toEqual([
      {
        headers: expect.objectContaining({ 'idempotency-key': toolCallKey('call-1', 'tool-call-1') }),
        body: '{"orderId":"7"}',
      },
    ]);
    expect(b.result).toMatchObject({ outcome: 'succeeded', text: 'Order 7 is shipped.', data: { status: 'shipped' } });
  });

  it('says a short answer as it is when the file has no words', async () => {
    const { bench: b } = bench();
    answer = (response) => response.writeHead(200, { 'content-type': 'text/plain' }).end('It is\nshipped.');
    await b.ask({ orderId: '7' });
    expect(b.result).toMatchObject({ text: 'It is shipped.', data: 'It is\nshipped.' });
  });

  it('stays neutral when the answer lacks what the words need', async () => {
    const { bench: b } = bench("say: 'It is {{ result.status }}.'");
    answer = json({ state: 'shipped' });
    await b.ask({ orderId: '7' });
    expect(b.result).toMatchObject({ outcome: 'succeeded', text: 'The result of order status is ready.' });
    expect(b.faults).toEqual(['wording']);
  });

  it('does not ask with arguments that do not fit, and does not repeat their values', async () => {
    const { bench: b } = bench();
    await b.ask({ orderId: '', kind: 'secret', more: 'secret' });
    expect(asked).toEqual([]);
    expect(b.result).toMatchObject({ outcome: 'failed', attempts: 0, failure: { code: 'invalid-arguments' } });
    expect(b.result?.failure?.message).toContain('orderId must NOT have fewer than 1 characters');
    expect(JSON.stringify(b.result)).not.toContain('secret');
  });

  it('asks again after 503 when the backend said, with the same key', async () => {
    const { bench: b, clock } = bench();
    const startedAt = clock.now();
    answer = (response) => {
      if (asked.length === 1) response.writeHead(503, { 'retry-after': '4' }).end();
      else response.end('Done.');
    };
    const call = b.ask({ orderId: '7' });
    await eventually(async () => {
      await clock.advance(0);
      return clock.nextTimerAt() === startedAt + 4000;
    });
    await clock.advance(4000);
    await call;
    expect(new Set(asked.map(({ headers }) => headers['idempotency-key'])).size).toBe(1);
    expect(b.result).toMatchObject({ outcome: 'succeeded', attempts: 2, text: 'Done.' });
  });

  it('waits for the callback of a backend that took the job', async () => {
    const { bench: b } = bench("callback: true\n    say: 'It is {{ result.status }}.'");
    answer = (response) => response.writeHead(202).end();
    const call = b.ask({ orderId: '7' });
    await eventually(() => b.handedOver === 1);
    b.callBack({ status: 'shipped' });
    await call;
    expect(asked[0]?.headers['x-interject-callback-url']).toMatch(/^https:\/\/[^/]+\/callbacks\/[\w-]+\.[\w-]+$/);
    expect(b.result).toMatchObject({ outcome: 'succeeded', attempts: 1, text: 'It is shipped.' });
  });

  it('says what the backend says of its failure', async () => {
    const { bench: b } = bench("callback: true\n    response: { sayWhenFailed: 'Sorry, {{ answer.reason }}.' }");
    answer = (response) => response.writeHead(202).end();
    const call = b.ask({ orderId: '7' });
    await eventually(() => b.handedOver === 1);
    b.callBack({ reason: 'it is lost' }, { outcome: 'failed' });
    await call;
    expect(b.result).toMatchObject({
      outcome: 'failed',
      attempts: 1,
      text: 'Sorry, it is lost.',
      failure: { code: 'backend-reported-failure' },
    });
  });

  it('does not ask a backend again that took the job before its worker was lost', async () => {
    const { bench: b } = bench('callback: true');
    answer = (response) => response.writeHead(202).end();
    const lost = b.ask({ orderId: '7' });
    await eventually(() => b.handedOver === 1);
    b.shutDown();
    await lost.catch(() => undefined);
    expect(b.result).toBeUndefined();
    b.callBack('All done.');
    await b.ask({ orderId: '7' }, { deliveryCount: 2 });
    expect(asked).toHaveLength(1);
    expect(b.result).toMatchObject({ outcome: 'succeeded', text: 'All done.' });
  });

  it('waits for a callback until the deadline, once', async () => {
    const { bench: b, clock } = bench('callback: true');
    const startedAt = clock.now();
    const letters: string[] = [];
    answer = (response) => response.writeHead(202).end();
    const call = b.ask({ orderId: '7' }, { keepAsDeadLetter: (reason) => letters.push(reason) });
    await eventually(() => b.handedOver === 1);
    await b.ended(call);
    expect(clock.now() - startedAt).toBe(5000);
    expect(asked).toHaveLength(1);
    expect(b.result).toMatchObject({
      outcome: 'timed-out',
      attempts: 1,
      failure: { code: 'deadline-exceeded', retryable: true, message: expect.stringContaining('did not call back') },
    });
    expect(letters).toEqual(['deadline-exceeded']);
  });

  it('takes the callback that comes before the answer', async () => {
    const { bench: b } = bench('callback: true');
    answer = () => {
      b.callBack('All done.');
    };
    await b.ask({ orderId: '7' });
    expect(asked).toHaveLength(1);
    expect(b.handedOver).toBe(0);
    expect(b.result).toMatchObject({ outcome: 'succeeded', attempts: 1, text: 'All done.' });
  });

  it('takes the callback of a backend whose answer is lost', async () => {
    const { bench: b } = bench('callback: true');
    answer = (response) => {
      b.callBack('All done.');
      response.destroy();
    };
    await b.ask({ orderId: '7' });
    expect(asked).toHaveLength(1);
    expect(b.result).toMatchObject({ outcome: 'succeeded', attempts: 1, text: 'All done.' });
  });

  it('does not ask a backend again that called back before its worker was lost', async () => {
    const { bench: b } = bench('callback: true');
    answer = () => undefined;
    const lost = b.ask({ orderId: '7' });
    await eventually(() => asked.length === 1);
    b.shutDown();
    await lost.catch(() => undefined);
    expect(b.result).toBeUndefined();
    b.callBack('All done.');
    await b.ask({ orderId: '7' }, { deliveryCount: 2 });
    expect(asked).toHaveLength(1);
    expect(b.result).toMatchObject({ outcome: 'succeeded', text: 'All done.' });
  });

  it('has no words of success for a 202 of a backend that does not call back', async () => {
    const { bench: b } = bench("say: 'It is {{ result.status }}.'");
    answer = (response) => response.writeHead(202, { 'content-type': 'application/json' }).end('{}');
    await b.ask({ orderId: '7' });
    expect(b.result).toMatchObject({
      outcome: 'failed',
      text: 'I could not reach the order system.',
      failure: { code: 'backend-answered-202', retryable: false },
    });
  });

  it('does not ask again after 404', async () => {
    const { bench: b } = bench();
    answer = (response) => response.writeHead(404).end('no such order');
    await b.ask({ orderId: '7' });
    expect(asked).toHaveLength(1);
    expect(b.result).toMatchObject({
      outcome: 'failed',
      text: 'I could not reach the order system.',
      failure: { code: expect.stringMatching(/^backend-http-4\d\d$/), retryable: false },
    });
  });

  it('ends a request at its deadline', async () => {
    const { bench: b, clock } = bench();
    answer = () => undefined;
    const call = b.ask({ orderId: '7' });
    await eventually(() => asked.length === 1);
    await clock.advance(5000);
    await clock.advance(1000);
    await eventually(() => asked.length === 2);
    await clock.advance(5000);
    await call;
    expect(b.result).toMatchObject({ outcome: 'timed-out', attempts: 2, text: 'I could not reach the order system.' });
    await eventually(() => b.faults.length === 2);
    expect(b.faults).toEqual(['late-handler', 'late-handler']);
  });
});
