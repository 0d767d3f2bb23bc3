import { createServer } from 'node:net';

/** The system likes to give a port again that has just been closed: two servers of one test would get the same. */
const given = new Set<number>();

/** A TCP port of the loopback interface that was free a moment ago; never the same twice in one process. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = await someFreePort();
    if (given.has(port)) continue;
    given.add(port);
    return port;
  }
}

async function someFreePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('The system gave no port.');
  return address.port;
}
