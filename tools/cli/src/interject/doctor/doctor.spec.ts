import { createServer } from 'node:http';
import type { RequestListener, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { ServerFacts, StoreFacts } from '@interject/messaging';
import { loadConfigs } from '@interject/runtime';
import { freePort } from '@interject/testing';
import { DoctorConfig } from './doctor.config.js';
import { authenticationFinding, webhookFindings } from './gateway-findings.js';
import { fitness, replicaFinding, roomFinding } from './nats-findings.js';
import { clockFinding, controlUrlFindings, vapiFindings } from './vapi-findings.js';

const servers: Server[] = [];
const config = (env: Record<string, string>) => loadConfigs([DoctorConfig], env).get(DoctorConfig);
const LONG = 'a-secret-of-more-than-sixteen';

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
}
/** A gateway that answers webhooks with `status`, and knows the key `right-key`. */
const gateway = (status: number) =>
  serve((request, response) => {
    if (request.url === '/vapi/webhook') {
      response.writeHead(request.method === 'POST' ? status : 404).end('{}');
    } else if (request.headers.authorization === 'Bearer right-key') {
      response.writeHead(200).end('{"tools":[]}');
    } else {
      response.writeHead(401).end('{"message":"Send \'Authorization: Bearer <INTERJECT_API_KEY>\'."}');
    }
  });
const levels = (findings: readonly { level: string; what: string }[]) =>
  findings.map(({ level, what }) => `${what}: ${level}`);

afterEach(async () => {
  await Promise.all(
    servers.splice(0).map((server) => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    }),
  );
});

describe('what the doctor says', () => {
  it.each([
    [{}, 'fail'],
    [{ VAPI_WEBHOOK_AUTH: 'none' }, 'fail'],
    [{ VAPI_WEBHOOK_AUTH: 'basic', VAPI_WEBHOOK_SECRET: LONG }, 'fail'],
    [{ VAPI_WEBHOOK_AUTH: 'hmac' }, 'fail'],
    [{ VAPI_WEBHOOK_AUTH: 'secret', VAPI_WEBHOOK_SECRET: 'short' }, 'warn'],
    [{ VAPI_WEBHOOK_AUTH: 'bearer', VAPI_WEBHOOK_SECRET: `${LONG},short` }, 'warn'],
    [{ VAPI_WEBHOOK_AUTH: 'bearer', VAPI_WEBHOOK_SECRET: `${LONG}, ${LONG}2` }, 'ok'],
  ])('of the authentication with %j: %s', (env, level) => {
    const finding = authenticationFinding(config(env));
    expect(finding.level).toBe(level);
    expect(JSON.stringify(finding)).not.toContain(LONG);
    if (level !== 'ok') expect(finding.advice).toBeDefined();
  });

  it.each([
    [401, undefined, ['webhook URL: ok', 'gateway API: ok']],
    [401, 'right-key', ['webhook URL: ok', 'gateway API: ok']],
    [401, 'wrong-key', ['webhook URL: ok', 'gateway API: fail']],
    [400, undefined, ['webhook URL: fail', 'gateway API: ok']],
    [404, undefined, ['webhook URL: fail', 'gateway API: ok']],
    [503, undefined, ['webhook URL: warn', 'gateway API: ok']],
  ])('of a gateway that answers %d, with the key %s', async (status, key, expected) => {
    const env = { GATEWAY_PUBLIC_URL: await gateway(status), ...(key === undefined ? {} : { INTERJECT_API_KEY: key }) };
    expect(levels(await webhookFindings(config(env)))).toEqual(expected);
  });

  it('of a gateway that is not reached, not set, or another server', async () => {
    const gone = await webhookFindings(config({ GATEWAY_PUBLIC_URL: `http://127.0.0.1:${String(await freePort())}` }));
    expect(gone).toMatchObject([{ level: 'fail', text: expect.stringContaining('nothing listens there') }]);
    expect(levels(await webhookFindings(config({})))).toEqual(['webhook URL: warn']);
    expect(levels(await webhookFindings(config({ GATEWAY_PUBLIC_URL: 'nonsense' })))).toEqual(['webhook URL: fail']);
    const other = await serve((_request, response) => response.writeHead(200).end('<html>'));
    expect(levels(await webhookFindings(config({ GATEWAY_PUBLIC_URL: other })))).toEqual([
      'webhook URL: fail',
      'gateway API: warn',
    ]);
  });

  it('of Vapi: reached, key, clock', async () => {
    const base = await serve((request, response) => {
      response.writeHead(request.headers.authorization === 'Bearer right-key' ? 200 : 401).end('[]');
    });
    const about = async (env: Record<string, string>) =>
      levels(await vapiFindings(config({ VAPI_BASE_URL: base, ...env })));
    expect(await about({ VAPI_API_KEY: 'right-key' })).toEqual(['Vapi: ok', 'API key: ok', 'clock: ok']);
    expect(await about({ VAPI_API_KEY: 'wrong-key' })).toEqual(['Vapi: ok', 'API key: fail', 'clock: ok']);
    expect(await about({})).toEqual(['Vapi: ok', 'API key: warn', 'clock: ok']);
    expect(await about({ VAPI_BASE_URL: `http://127.0.0.1:${String(await freePort())}` })).toEqual(['Vapi: fail']);
    expect(await about({ VAPI_BASE_URL: 'api.vapi.ai' })).toEqual(['Vapi: fail']);
  });

  it.each([
    [0, 'ok'],
    [900, 'ok'],
    [-4000, 'ok'],
    [7000, 'warn'],
    [-7000, 'warn'],
    [120_000, 'fail'],
  ])('of a clock that is %d ms ahead: %s', (ahead, level) => {
    const date = 1_700_000_000_000;
    expect(clockFinding({ kind: 'answered', status: 200, body: '', date, at: date + ahead }).level).toBe(level);
  });

  it('of control URLs', async () => {
    const origin = await serve((_request, response) => response.writeHead(404).end());
    const about = async (list: string) =>
      levels(await controlUrlFindings(config({ VAPI_CONTROL_URL_ALLOWED_ORIGINS: list })));
    expect(await about('')).toEqual(['control URLs: ok']);
    expect(await about(origin)).toEqual(['control URLs: warn', 'control egress: ok']);
    expect(await about(`${origin}/path`)).toEqual(['control URLs: fail']);
    expect(await about(`http://127.0.0.1:${String(await freePort())}`)).toEqual([
      'control URLs: warn',
      'control egress: fail',
    ]);
  });

  it('of NATS', () => {
    const server: ServerFacts = { version: '2.9.10', maxPayloadBytes: 1024 ** 2, roundTripMs: 1, storeBytes: 0 };
    const store: StoreFacts = {
      store: 'TOOL_CALLS',
      messages: 0,
      bytes: 0,
      limitBytes: 1000,
      isFile: true,
      replicas: 3,
      replicasBehind: 0,
      consumers: 0,
    };
    expect(levels(fitness(server))).toEqual(['NATS: ok', 'NATS payload: ok']);
    expect(levels(fitness({ ...server, version: '2.8.4', maxPayloadBytes: 1000 }))).toEqual([
      'NATS: fail',
      'NATS payload: fail',
    ]);
    expect(replicaFinding([store], 3).level).toBe('ok');
    expect(replicaFinding([store, { ...store, replicas: 1 }], 3).level).toBe('warn');
    expect(replicaFinding([{ ...store, replicas: 1 }], undefined).level).toBe('warn');
    expect(replicaFinding([{ ...store, replicasBehind: 1 }], 3).level).toBe('fail');
    expect(roomFinding({ ...server, storeLimitBytes: 999 }, [store]).level).toBe('fail');
    expect(roomFinding(server, [store]).level).toBe('ok');
  });
});
