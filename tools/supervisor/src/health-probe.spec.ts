import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { parseReadiness, probeReadiness } from './health-probe.js';

describe('parseReadiness', () => {
  it('reads status, what is down, and the tools', () => {
    const body = {
      status: 'not-ready',
      checks: { nats: { status: 'down' }, tools: { status: 'up', names: ['a', 7, 'b'] } },
    };

    expect(parseReadiness(body)).toEqual({ kind: 'answered', status: 'not-ready', down: ['nats'], tools: ['a', 'b'] });
  });

  it.each([null, 'ready', [], {}, { status: 1 }])('does not take %j for an answer', (body) => {
    expect(parseReadiness(body)).toEqual({ kind: 'unreachable' });
  });

  it('needs no checks', () => {
    expect(parseReadiness({ status: 'ready' })).toEqual({ kind: 'answered', status: 'ready', down: [], tools: [] });
  });
});

describe('probeReadiness', () => {
  const server = createServer((request, response) => {
    response.statusCode = 503;
    response.end(request.url === '/health/ready' ? '{"status":"starting","checks":{}}' : 'no');
  });

  afterEach(async () => {
    await new Promise((done) => server.close(done));
  });

  it('reads the answer of a service that is not ready, and finds nobody once it is gone', async () => {
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const { port } = server.address() as AddressInfo;

    expect(await probeReadiness({ kind: 'health', port })).toMatchObject({ status: 'starting' });
    expect(await probeReadiness({ kind: 'port', port })).toMatchObject({ status: 'ready' });

    server.closeAllConnections();
    await new Promise((done) => server.close(done));
    expect(await probeReadiness({ kind: 'health', port })).toEqual({ kind: 'unreachable' });
    expect(await probeReadiness({ kind: 'port', port })).toEqual({ kind: 'unreachable' });
  });
});
