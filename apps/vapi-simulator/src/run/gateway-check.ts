import { connect } from 'node:net';
import { RunError } from './run.errors.js';

const CONNECT_MS = 3_000;

/**
 * Makes sure that something listens where the webhooks go, before a call is placed.
 * @throws RunError `gateway-unreachable`
 */
export async function checkGateway(gatewayUrl: string): Promise<void> {
  if (!URL.canParse(gatewayUrl)) {
    throw new RunError(
      'gateway-unreachable',
      'webhooks cannot go to something that is no URL: change server.url',
      false,
    );
  }
  const url = new URL(gatewayUrl);
  const port = Number(url.port) || (url.protocol === 'https:' ? 443 : 80);
  await new Promise<void>((resolve, reject) => {
    const fail = (cause: Error): void => {
      socket.destroy();
      const where = `${url.hostname}:${port}`;
      const advice = 'start one (npm start, or npm run serve) or set SIMULATOR_GATEWAY_URL';
      reject(new RunError('gateway-unreachable', `no gateway listens at ${where}: ${advice}`, true, { cause }));
    };
    const socket = connect({ host: url.hostname.replace(/^\[|\]$/g, ''), port }, () => {
      socket.destroy();
      resolve();
    });
    socket.setTimeout(CONNECT_MS, () => fail(new Error('timed out')));
    socket.on('error', fail);
  });
}
