import { afterEach, describe, expect, it } from '@jest/globals';
import { Log, Metrics } from '@interject/observability';
import { ManagementServer } from './management-server.js';
import { Readiness } from './readiness.service.js';

const HOST = '127.0.0.1';

async function anEmbeddedServer() {
  const readiness = new Readiness();
  const metrics = new Metrics({ service: 'spec', version: '1.2.3', processMetrics: true });
  const server = new ManagementServer(readiness, metrics, Log.silent());
  const port = await server.listen(0, HOST);
  const get = (path: string, init?: RequestInit) => fetch(`http://${HOST}:${String(port)}${path}`, init);
  return { readiness, metrics, server, port, get };
}

describe('ManagementServer', () => {
  const open: ManagementServer[] = [];
  const start = async () => {
    const parts = await anEmbeddedServer();
    open.push(parts.server);
    return parts;
  };
  afterEach(async () => {
    await Promise.all(open.splice(0).map((server) => server.close()));
  });

  it('is live while starting, but not ready', async () => {
    const { get, readiness } = await start();
    const live = await get('/health/live');
    expect([live.status, await live.json()]).toEqual([200, { status: 'live' }]);
    const starting = await get('/health/ready');
    expect([starting.status, await starting.json()]).toEqual([503, { status: 'starting', checks: {} }]);
    readiness.started();
    expect((await get('/health/ready?verbose')).status).toBe(200);
    readiness.shuttingDown();
    const stopping = await get('/health/ready');
    expect([stopping.status, await stopping.json()]).toEqual([503, { status: 'shutting_down', checks: {} }]);
    expect((await get('/health/live')).status).toBe(200);
  });

  it('serves the metrics as Prometheus wants them', async () => {
    const { get } = await start();
    const response = await get('/metrics');
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    const text = await response.text();
    expect(text).toContain('interject_build_info{service="spec",version="1.2.3"');
    expect(text).toContain('nodejs_eventloop_lag_seconds');
    expect(text).not.toMatch(/nodejs_active_\w+_total/);
  });

  it('answers 500 when a collector fails, without its text', async () => {
    const { get, metrics } = await start();
    metrics.gauge({
      name: 'interject_broken',
      help: 'Fails.',
      collect: () => {
        throw new Error('private');
      },
    });
    const response = await get('/metrics');
    expect(response.status).toBe(500);
    expect(await response.text()).not.toContain('private');
  });

  it('refuses other paths and methods', async () => {
    const { get } = await start();
    expect((await get('/')).status).toBe(404);
    expect((await get('/health/live', { method: 'POST' })).status).toBe(405);
    const head = await get('/health/live', { method: 'HEAD' });
    expect([head.status, await head.text()]).toEqual([200, '']);
  });

  it('says which port is taken', async () => {
    const { port } = await start();
    const second = new ManagementServer(new Readiness(), new Metrics(), Log.silent());
    await expect(second.listen(port, HOST)).rejects.toMatchObject({
      code: 'start-failed',
      message: `The management port ${String(port)} on ${HOST} cannot be used (EADDRINUSE): free it, or configure another.`,
    });
    await second.close();
  });

  it('closes although a client keeps its connection open', async () => {
    const { get, server, port } = await start();
    await (await get('/health/live')).text();
    await server.close();
    await expect(fetch(`http://${HOST}:${String(port)}/health/live`)).rejects.toThrow();
  });
});
