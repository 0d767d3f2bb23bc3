import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { FIXTURE_CALL_ID, startFixtureServer } from '../testing.js';
import type { FixtureHandler, FixtureServer } from '../testing.js';
import { ControlClient } from './control.client.js';
import type { ControlClientSettings, ControlTarget } from './control-client.types.js';

const SAY = { content: 'Your report is ready.' };
const cleanUps: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

function target(origin: string): ControlTarget {
  return { callId: FIXTURE_CALL_ID, controlUrl: `${origin}/${FIXTURE_CALL_ID}/control` };
}

function clientFor(origin: string, settings: ControlClientSettings = {}): ControlClient {
  const client = new ControlClient({ allowedOrigins: [origin], timeoutMs: 2_000, ...settings });
  cleanUps.push(() => client.close());
  return client;
}

async function serve(handler: FixtureHandler): Promise<FixtureServer> {
  const server = await startFixtureServer(handler);
  cleanUps.push(() => server.close());
  return server;
}

/** A TCP server: for what an HTTP server would never do. */
async function listen(onSocket: (socket: Socket) => void): Promise<{ origin: string; connections: () => number }> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    onSocket(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanUps.push(async () => {
    const closed = new Promise((resolve) => server.close(resolve));
    for (const socket of sockets) socket.destroy();
    await closed;
  });
  const { port } = server.address() as AddressInfo;
  return { origin: `http://127.0.0.1:${String(port)}`, connections: () => sockets.size };
}

/** A port that was free a moment ago. */
async function closedOrigin(): Promise<string> {
  const server = await startFixtureServer(() => undefined);
  await server.close();
  return server.origin;
}

const answer =
  (status: number, headers: Record<string, string> = {}): FixtureHandler =>
  (response) =>
    response.writeHead(status, headers).end('{}');

describe('what the client sends', () => {
  it('says a text, without a key when none is configured', async () => {
    const server = await serve(answer(200));
    const message = { ...SAY, interruptionsEnabled: true, endCallAfterSpoken: false };
    await expect(clientFor(server.origin).say(target(server.origin), message)).resolves.toEqual({
      kind: 'accepted',
      status: 200,
    });
    const [request] = server.requests;
    expect(request).toMatchObject({ method: 'POST', path: `/${FIXTURE_CALL_ID}/control` });
    expect(JSON.parse(request?.body ?? '')).toEqual({ type: 'say', ...message });
    expect(request?.headers).toMatchObject({ 'content-type': 'application/json', connection: 'close' });
    expect(request?.headers).not.toHaveProperty('authorization');
  });

  it('adds a message, with the public key', async () => {
    const server = await serve(answer(202));
    const client = clientFor(server.origin, { publicKey: 'pk_1' });
    const message = { message: { role: 'system', content: 'It is ready.' }, triggerResponseEnabled: false } as const;
    await expect(client.addMessage(target(server.origin), message)).resolves.toEqual({ kind: 'accepted', status: 202 });
    expect(JSON.parse(server.requests[0]?.body ?? '')).toEqual({ type: 'add-message', ...message });
    expect(server.requests[0]?.headers.authorization).toBe('Bearer pk_1');
  });

  it('uses a connection for each POST, also for those under way together', async () => {
    const { origin, connections } = await listen((socket) => {
      socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 0\r\n\r\n'));
    });
    const client = clientFor(origin);
    const together = await Promise.all([1, 2, 3].map(() => client.say(target(origin), SAY)));
    together.push(await client.say(target(origin), SAY));
    expect(together.map(({ kind }) => kind)).toEqual(['accepted', 'accepted', 'accepted', 'accepted']);
    expect(connections()).toBe(4);
  });

  it('sends text of any script', async () => {
    const server = await serve(answer(200));
    const content = 'Grüße, 世界 👋 "zitiert"\n\u2028';
    await clientFor(server.origin).say(target(server.origin), { content });
    expect(JSON.parse(server.requests[0]?.body ?? '')).toEqual({ type: 'say', content });
  });

  it('sends nothing to a URL that is not this call’s', async () => {
    const server = await serve(answer(200));
    const client = clientFor(server.origin, { publicKey: 'pk_1' });
    const refused = { kind: 'refused', code: 'control-url', auth: false };
    const other = { callId: 'another-call', controlUrl: target(server.origin).controlUrl };
    await expect(client.say(other, SAY)).resolves.toEqual(refused);
    await expect(new ControlClient().say(target(server.origin), SAY)).resolves.toEqual(refused);
    expect(server.requests).toHaveLength(0);
  });
});

describe('what an answer means', () => {
  it.each([
    [400, { kind: 'refused', code: 'control-refused', auth: false, status: 400 }],
    [401, { kind: 'refused', code: 'control-auth', auth: true, status: 401 }],
    [403, { kind: 'refused', code: 'control-auth', auth: true, status: 403 }],
    [404, { kind: 'refused', code: 'control-refused', auth: false, status: 404 }],
    [429, { kind: 'throttled', status: 429 }],
    [500, { kind: 'unknown', code: 'HTTP_500', status: 500 }],
    [502, { kind: 'unknown', code: 'HTTP_502', status: 502 }],
    [503, { kind: 'throttled', status: 503 }],
    [504, { kind: 'unknown', code: 'HTTP_504', status: 504 }],
  ] as const)('%i', async (status, outcome) => {
    const server = await serve(answer(status));
    await expect(clientFor(server.origin).say(target(server.origin), SAY)).resolves.toEqual(outcome);
    expect(server.requests).toHaveLength(1);
  });

  it.each([
    ['2', 2_000],
    ['999999', 3_600_000],
    ['Wed, 21 Oct 2026 07:28:00 GMT', undefined],
    ['-1', undefined],
  ])('Retry-After: %s', async (header, retryAfterMs) => {
    const server = await serve(answer(503, { 'retry-after': header }));
    await expect(clientFor(server.origin).say(target(server.origin), SAY)).resolves.toEqual({
      kind: 'throttled',
      status: 503,
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    });
  });

  it.each([301, 302, 303, 307, 308])('%i is refused and not followed', async (status) => {
    const elsewhere = await serve(answer(200));
    const server = await serve(answer(status, { location: `${elsewhere.origin}/${FIXTURE_CALL_ID}/control` }));
    const client = clientFor(server.origin, { allowedOrigins: [server.origin, elsewhere.origin], publicKey: 'pk_1' });
    await expect(client.say(target(server.origin), SAY)).resolves.toEqual({
      kind: 'refused',
      code: 'control-redirect',
      auth: false,
      status,
    });
    expect(elsewhere.requests).toHaveLength(0);
  });

  it('goes by the final answer, not by an interim one', async () => {
    const server = await serve((response) => {
      response.writeEarlyHints({ link: '</x>; rel=preload' });
      response.writeHead(400).end();
    });
    await expect(clientFor(server.origin).say(target(server.origin), SAY)).resolves.toMatchObject({ status: 400 });
  });

  it('is accepted with the headers, whatever becomes of the body', async () => {
    const server = await serve((response) => {
      response.writeHead(200, { 'content-length': '100' }).write('{', () => response.destroy());
    });
    await expect(clientFor(server.origin).say(target(server.origin), SAY)).resolves.toMatchObject({ kind: 'accepted' });
  });

  it('cuts an endless body', async () => {
    let cut: () => void = () => undefined;
    const closed = new Promise<void>((resolve) => (cut = resolve));
    const server = await serve((response) => {
      response.on('close', cut);
      const pour = (): void => {
        while (response.write('x'.repeat(16 * 1024)));
      };
      response.on('drain', pour);
      response.writeHead(200);
      pour();
    });
    const client = clientFor(server.origin, { timeoutMs: 60_000 });
    await expect(client.say(target(server.origin), SAY)).resolves.toMatchObject({ kind: 'accepted' });
    // By its length: the time limit is far away.
    await closed;
  });
});

describe('what silence means', () => {
  it('unknown, when the answer is late', async () => {
    const server = await serve(() => undefined);
    // Long enough to connect on a busy machine.
    const client = clientFor(server.origin, { timeoutMs: 700 });
    await expect(client.say(target(server.origin), SAY)).resolves.toEqual({ kind: 'unknown', code: 'TIMEOUT' });
    expect(server.requests).toHaveLength(1);
  });

  it('unknown, when the connection is reset after the request', async () => {
    const { origin } = await listen((socket) => socket.once('data', () => socket.resetAndDestroy()));
    await expect(clientFor(origin).say(target(origin), SAY)).resolves.toMatchObject({ kind: 'unknown' });
  });

  it('unknown, when the connection is closed without an answer', async () => {
    const { origin } = await listen((socket) => socket.once('data', () => socket.end()));
    await expect(clientFor(origin).say(target(origin), SAY)).resolves.toEqual({
      kind: 'unknown',
      code: 'ECONNRESET',
    });
  });

  it('unknown, when the answer is no HTTP', async () => {
    const { origin } = await listen((socket) => socket.once('data', () => socket.end('SMTP ready\r\n\r\n')));
    await expect(clientFor(origin).say(target(origin), SAY)).resolves.toMatchObject({ kind: 'unknown' });
  });

  it('unreachable, when the port is closed', async () => {
    const origin = await closedOrigin();
    await expect(clientFor(origin).say(target(origin), SAY)).resolves.toEqual({
      kind: 'unreachable',
      code: 'ECONNREFUSED',
    });
  });

  it('unreachable, when the name does not resolve', async () => {
    const origin = 'http://nobody.invalid';
    const outcome = await clientFor(origin).say(target(origin), SAY);
    expect(outcome).toMatchObject({ kind: 'unreachable', code: expect.stringMatching(/^(ENOTFOUND|EAI_AGAIN)$/) });
  });

  it('unreachable, when TLS fails', async () => {
    const { origin, connections } = await listen((socket) =>
      socket.once('data', () => socket.end('HTTP/1.1 400\r\n\r\n')),
    );
    const secure = origin.replace('http:', 'https:');
    await expect(clientFor(secure).say(target(secure), SAY)).resolves.toMatchObject({ kind: 'unreachable' });
    expect(connections()).toBe(1);
  });

  it('unreachable, when the connection is reset during the TLS handshake', async () => {
    const { origin } = await listen((socket) => socket.once('data', () => socket.resetAndDestroy()));
    const secure = origin.replace('http:', 'https:');
    await expect(clientFor(secure).say(target(secure), SAY)).resolves.toMatchObject({ kind: 'unreachable' });
  });

  it('unreachable, when the connection does not stand in time; the attempt is given up', async () => {
    let givenUp: () => void = () => undefined;
    const end = new Promise<void>((resolve) => (givenUp = resolve));
    const { origin } = await listen((socket) => socket.on('close', givenUp).resume());
    const secure = origin.replace('http:', 'https:');
    const client = clientFor(secure, { timeoutMs: 100 });
    await expect(client.say(target(secure), SAY)).resolves.toEqual({ kind: 'unreachable', code: 'TIMEOUT' });
    await end;
  });
});

describe('an abort', () => {
  it('before the call: unreachable, nothing is sent', async () => {
    const server = await serve(answer(200));
    const signal = AbortSignal.abort();
    const outcome = await clientFor(server.origin).say(target(server.origin), SAY, { signal });
    expect(outcome).toEqual({ kind: 'unreachable', code: 'ABORTED' });
    expect(server.requests).toHaveLength(0);
  });

  it('before the connection stands: unreachable, nothing is sent', async () => {
    const server = await serve(answer(200));
    const controller = new AbortController();
    const client = clientFor(server.origin);
    const outcome = client.say(target(server.origin), SAY, { signal: controller.signal });
    controller.abort();
    await expect(outcome).resolves.toEqual({ kind: 'unreachable', code: 'ABORTED' });
    await client.close();
    expect(server.requests).toHaveLength(0);
  });

  it('after the request was written: unknown', async () => {
    const controller = new AbortController();
    const server = await serve(() => {
      controller.abort();
    });
    const outcome = await clientFor(server.origin).say(target(server.origin), SAY, { signal: controller.signal });
    expect(outcome).toEqual({ kind: 'unknown', code: 'ABORTED' });
  });
});

describe('the client itself', () => {
  it('lets a POST under way end before it closes', async () => {
    let release: () => void = () => undefined;
    let arrived: () => void = () => undefined;
    const arrival = new Promise<void>((resolve) => (arrived = resolve));
    const server = await serve((response) => {
      release = () => response.writeHead(200).end();
      arrived();
    });
    const client = clientFor(server.origin);
    const outcome = client.say(target(server.origin), SAY);
    await arrival;
    const closed = client.close();
    release();
    await expect(outcome).resolves.toMatchObject({ kind: 'accepted' });
    await closed;
    await expect(client.say(target(server.origin), SAY)).resolves.toMatchObject({ kind: 'unreachable' });
  });

  it.each([
    [{ publicKey: 'pk_1\n' }, 'publicKey must be a key without spaces or line breaks'],
    [{ publicKey: '' }, 'publicKey must be'],
    [{ timeoutMs: 0 }, 'timeoutMs must be a whole number from 1 to 60000'],
    [{ timeoutMs: Number.NaN }, 'timeoutMs must be'],
    [{ allowedOrigins: ['localhost'] }, 'allowedOrigins[0] must be'],
  ])('refuses the settings %j', (settings, message) => {
    expect(() => new ControlClient(settings)).toThrow(message);
  });
});

describe('ControlClient: the last question before the request is written', () => {
  it('is asked when the connection stands, and no byte is sent when the answer is no', async () => {
    const received: string[] = [];
    const { origin, connections } = await listen((socket) => {
      socket.on('data', (data) => received.push(data.toString()));
    });
    const asked: number[] = [];
    const mayWrite = (): boolean => {
      asked.push(connections());
      return false;
    };
    expect(await clientFor(origin).say(target(origin), SAY, { mayWrite })).toEqual({ kind: 'abandoned' });
    expect(asked).toEqual([expect.any(Number)]);
    expect(received).toEqual([]);
  });

  it('lets the request go when the answer is yes', async () => {
    const server = await serve(answer(200));
    const outcome = await clientFor(server.origin).say(target(server.origin), SAY, { mayWrite: () => true });
    expect(outcome).toEqual({ kind: 'accepted', status: 200 });
  });

  it('is not asked when no connection comes to stand', async () => {
    const origin = await closedOrigin();
    const mayWrite = (): boolean => {
      throw new Error('must not be asked');
    };
    expect(await clientFor(origin).say(target(origin), SAY, { mayWrite })).toMatchObject({ kind: 'unreachable' });
  });
});
