import { Agent, request } from 'node:http';
import type { ClientRequest, IncomingMessage } from 'node:http';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Buckets } from '@interject/contracts';
import { openMessaging } from '@interject/messaging/testing';
import type { MessagingKit } from '@interject/messaging/testing';
import { aResult, aToolDefinition, eventually, NatsProxy, NatsServer } from '@interject/testing';
import { startGateway } from '../testing/start-gateway.js';
import type { Answer, RunningGateway } from '../testing/start-gateway.js';
import { SPEC_CONTROL_URL, SPEC_CALL_ID, toolCallsWebhook } from '../testing/tool-calls-body.js';
import { startWorkerLife } from '../testing/worker-life.js';
import type { WorkerLife } from '../testing/worker-life.js';
import { MAX_BODY_BYTES, MAX_PROBES } from './admission-limits.js';

const HEADERS = { 'content-type': 'application/json', 'x-vapi-secret': 'webhook-secret' };

describe('an overloaded gateway', () => {
  let server: NatsServer;
  let proxy: NatsProxy;
  let kit: MessagingKit;
  let gateway: RunningGateway;
  let life: WorkerLife;
  let ids = 0;
  const open: ClientRequest[] = [];

  beforeAll(async () => {
    server = await NatsServer.start();
    proxy = await NatsProxy.start(server.url);
    kit = await openMessaging({ url: server.url });
    await kit.kv.bucket(Buckets.Tools).put('build_report', JSON.stringify(aToolDefinition()));
    life = await startWorkerLife(kit, ['build_report']);
    gateway = await startGateway(proxy.url);
  }, 20_000);
  afterEach(() => {
    for (const each of open.splice(0)) each.destroy();
  });
  afterAll(async () => {
    await gateway.stop();
    life.stop();
    await kit.close();
    await proxy.stop();
    await server.dispose();
  });

  function post(body: unknown): Promise<Answer> {
    return gateway.request('/vapi/webhook', { body: JSON.stringify(body), headers: HEADERS });
  }

  function ask(): Promise<Answer> {
    ids += 1;
    return post(toolCallsWebhook([{ id: `call_${String(ids)}` }]));
  }

  async function metric(name: string): Promise<number> {
    const line = (await gateway.metrics()).split('\n').find((each) => each.startsWith(`${name} `));
    return Number(line?.split(' ')[1] ?? 0);
  }

  /** A request whose body does not come, or not all of it. */
  function begin(headers: Record<string, string>, path = '/vapi/webhook'): ClientRequest {
    const { hostname, port } = new URL(gateway.origin);
    const begun = request({ hostname, port, path, method: 'POST', headers, agent: new Agent() });
    begun.on('error', () => undefined);
    begun.flushHeaders();
    open.push(begun);
    return begun;
  }

  function answerOf(begun: ClientRequest): Promise<IncomingMessage> {
    return new Promise((resolve) => begun.once('response', resolve));
  }

  it('answers within 2 s when NATS stands still, lets few in meanwhile, drops speech, and goes on after it', async () => {
    expect((await ask()).status).toBe(200);
    proxy.stall();
    const started = performance.now();
    const first = await Promise.all(Array.from({ length: 40 }, ask));
    expect(performance.now() - started).toBeLessThan(2300);
    for (const { status, headers } of first) {
      expect(status).toBe(503);
      expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
    }
    // Now it is known that nobody answers.
    const probes = Array.from({ length: MAX_PROBES }, ask);
    await eventually(async () => (await metric('interject_publishes_in_flight')) === MAX_PROBES);
    const second = performance.now();
    expect(await ask()).toMatchObject({ status: 503, body: { code: 'overloaded' } });
    expect(performance.now() - second).toBeLessThan(500);
    const message = { type: 'speech-update', role: 'user', status: 'started', call: { id: SPEC_CALL_ID } };
    expect((await post({ message })).status).toBe(200);
    expect(await metric('interject_floor_events_dropped_total')).toBeGreaterThan(0);
    for (const { status } of await Promise.all(probes)) expect(status).toBe(503);
    proxy.resume();
    await eventually(async () => (await ask()).status === 200);
    expect(await metric('interject_shed_total{what="webhook",reason="broker-slow"}')).toBeGreaterThan(0);
  }, 15_000);

  it('holds no more bytes of bodies than it may, and refuses what comes beyond before it is read', async () => {
    const large = String(10 * 1024 * 1024);
    for (let n = 0; n < 6; n += 1) begin({ ...HEADERS, 'content-length': large });
    await eventually(async () => (await metric('interject_request_body_bytes')) === 6 * Number(large));
    const refused = await answerOf(begin({ ...HEADERS, 'content-length': large }));
    expect(refused.statusCode).toBe(503);
    expect(refused.headers['retry-after']).toBe('1');
    // A small one still finds room.
    expect((await ask()).status).toBe(200);
    // One that does not say how long it is counts as it comes.
    const chunked = begin({ ...HEADERS, 'transfer-encoding': 'chunked' });
    const answer = answerOf(chunked);
    chunked.write(Buffer.alloc(MAX_BODY_BYTES - 6 * Number(large) + 1, ' '));
    expect((await answer).statusCode).toBe(503);
    for (const each of open.splice(0)) each.destroy();
    await eventually(async () => (await metric('interject_request_body_bytes')) === 0);
    expect(await metric('interject_requests_in_work')).toBe(0);
  });

  it('gives strangers no place, and reads no body of theirs', async () => {
    const paths = ['/vapi/webhook', '/calls/c/announcements', '/calls/c/tool-calls/t/cancel', '/callbacks/forged'];
    for (const path of paths) {
      const begun = begin({ 'content-type': 'application/json', 'content-length': '1000' }, path);
      expect([401, 404]).toContain((await answerOf(begun)).statusCode);
    }
    expect(await metric('interject_requests_in_work')).toBe(0);
  });

  it('takes no tool call whose result could not be said, and says when to come again', async () => {
    const { streams } = kit.connection.manager;
    const append = { type: 'interject.utterances.v1', data: { filler: 'x' }, id: 'filler' } as const;
    await kit.appendLog.append('utterances.0', 0, append);
    const { config, state } = await streams.info('UTTERANCES');
    await streams.update('UTTERANCES', { ...config, max_bytes: state.bytes });
    try {
      const refused = await eventually(async () => {
        const answer = await ask();
        return answer.status === 503 ? answer : undefined;
      });
      expect(refused.body).toMatchObject({ code: 'overloaded' });
      expect(refused.headers.get('retry-after')).toBe('30');
      expect(await metric('interject_stream_fill_ratio{stream="UTTERANCES"}')).toBeGreaterThanOrEqual(0.98);
      // What needs no room goes on.
      const unknown = toolCallsWebhook([{ id: 'call_unknown', name: 'nobody_has_it', async: false }]);
      expect((await post(unknown)).status).toBe(200);
    } finally {
      await streams.update('UTTERANCES', config);
    }
    await eventually(async () => (await ask()).status === 200);
  }, 15_000);

  it.each(['TOOL_CALLS', 'CALL_EVENTS'])('refuses what a full %s cannot take, and takes it later', async (stream) => {
    const { streams } = kit.connection.manager;
    const message = {
      type: 'status-update',
      status: 'forwarding',
      timestamp: Date.now(),
      call: { id: SPEC_CALL_ID, monitor: { controlUrl: SPEC_CONTROL_URL } },
    };
    const send = stream === 'TOOL_CALLS' ? ask : (): Promise<Answer> => post({ message });
    const { config } = await streams.info(stream);
    await kit.publisher.publish(kit.publisher.events.result(aResult({ toolCallId: 'filler' })));
    const { state } = await streams.info(stream);
    await streams.update(stream, { ...config, max_bytes: state.bytes });
    try {
      const refused = await send();
      expect(refused).toMatchObject({ status: 503, body: { code: 'store-full' } });
      expect(refused.headers.get('retry-after')).toBe('30');
    } finally {
      await streams.update(stream, config);
    }
    expect((await send()).status).toBe(200);
  });
});
