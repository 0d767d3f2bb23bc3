import { createServer } from 'node:net';
import type { ClaimedPort } from './process-plan.js';
import { SupervisorError } from './supervisor-error.js';

const SEARCHED_PORTS = 200;

/** Whether this process could listen on a port, on the loopback address or on all. */
export function isPortFree(port: number, host = '127.0.0.1'): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(true)));
  });
}

/** Services listen on all addresses, the broker on the loopback address: both have to be free. */
export async function isFreeEverywhere(port: number): Promise<boolean> {
  return (await isPortFree(port, '0.0.0.0')) && (await isPortFree(port));
}

/**
 * The first free port from `wanted` on.
 * @param taken ports that are promised to somebody already
 * @throws SupervisorError `port-taken` if none of the next 200 is free
 */
export async function nextFreePort(wanted: number, taken: ReadonlySet<number> = new Set()): Promise<number> {
  for (let port = wanted; port < wanted + SEARCHED_PORTS && port <= 65_535; port += 1) {
    if (!taken.has(port) && (await isFreeEverywhere(port))) return port;
  }
  throw new SupervisorError('port-taken', `No free port from ${wanted} to ${wanted + SEARCHED_PORTS - 1}.`);
}

/** @throws SupervisorError `port-taken`, naming all taken ports with the variables that move them */
export async function assertPortsFree(claims: readonly ClaimedPort[]): Promise<void> {
  const faults: string[] = [];
  for (const { port, variable, id } of claims) {
    if (!(await isFreeEverywhere(port)))
      faults.push(`  Port ${port} of ${id} is taken: set ${variable} to another one.`);
  }
  if (faults.length > 0) {
    throw new SupervisorError('port-taken', `Somebody else listens on a port that is needed:\n${faults.join('\n')}`);
  }
}
