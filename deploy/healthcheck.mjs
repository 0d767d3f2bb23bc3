// Asks the service of this container how it is: exit code 0 if it answers 200. `node healthcheck.mjs [path]`; without a path the
// image's HEALTH_PATH. `docker inspect` shows what it prints.
import { get } from 'node:http';

const TIMEOUT_MS = 2_500;
/** A service listens on all addresses unless it is told one. */
const ALL_ADDRESSES = ['', '0.0.0.0', '::'];
const MAX_SHOWN = 1_000;

const env = (/** @type {string} */ name) => process.env[name]?.trim() ?? '';
const path = process.argv[2] ?? (env('HEALTH_PATH') || '/health/live');
const prefix = env('APP').toUpperCase().replaceAll('-', '_');
const port = env(`${prefix}_MANAGEMENT_PORT`) || env('MANAGEMENT_PORT');
const host = ALL_ADDRESSES.includes(env('MANAGEMENT_HOST')) ? '127.0.0.1' : env('MANAGEMENT_HOST');

const request = get({ host, port, path, timeout: TIMEOUT_MS }, (response) => {
  let text = '';
  response.setEncoding('utf8');
  response.on('data', (chunk) => (text += chunk));
  response.on('end', () => {
    console.log(`${path}: ${response.statusCode} ${text.slice(0, MAX_SHOWN)}`);
    process.exit(response.statusCode === 200 ? 0 : 1);
  });
});
request.on('timeout', () => request.destroy(new Error(`no answer within ${TIMEOUT_MS} ms`)));
request.on('error', (error) => {
  console.log(`${path}: ${error.message}`);
  process.exit(1);
});
