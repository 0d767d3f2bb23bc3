import { createServer } from 'node:http';
import type { Server, ServerResponse } from 'node:http';
import { afterEach, describe, expect, it } from '@jest/globals';
import { eventually } from '@interject/testing';
import { HttpDrain } from './http-drain.js';

async function aServer(limitMs: number) {
  const waiting: ServerResponse[] = [];
  const server = createServer((_request, response) => void waiting.push(response));
  const drain = new HttpDrain(server, { limitMs });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return { server, drain, waiting, url: `http://127.0.0.1:${String(address.port)}/` };
}

const closing = (server: Server) => () =>
  new Promise<void>((resolve) =>
    server.close(() => {
      resolve();
    }),
  );

describe('HttpDrain', () => {
  let server: Server | undefined;
  afterEach(() => {
    server?.closeAllConnections();
    server?.close();
  });

  it('lets a request in flight end, and does not wait for its kept-alive connection', async () => {
    const parts = await aServer(60_000);
    server = parts.server;
    const held = fetch(parts.url);
    await eventually(() => parts.waiting.length === 1);
    const drained = parts.drain.run(closing(parts.server));
    await expect(fetch(parts.url)).rejects.toThrow();
    parts.waiting[0]?.end('answer');
    expect(await (await held).text()).toBe('answer');
    expect(await drained).toBe(true);
  });

  it('cuts off a request that does not end within the limit', async () => {
    const parts = await aServer(200);
    server = parts.server;
    const held = fetch(parts.url).then(
      () => 'answered',
      () => 'cut off',
    );
    await eventually(() => parts.waiting.length === 1);
    expect(await parts.drain.run(closing(parts.server))).toBe(false);
    expect(await held).toBe('cut off');
  });
});
