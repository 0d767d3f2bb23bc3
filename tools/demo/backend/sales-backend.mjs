// The "existing HTTP backend" of the demo: slow, and knows nothing of phone calls.
//   POST /reports/sales {"region": "north"}  ->  after DEMO_BACKEND_DELAY_MS (20000) the report
//   POST /follow-ups  ->  204: what could not be said in its call, as an SMS provider would get it
//   GET /health  ->  200
import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

const host = process.env['DEMO_BACKEND_HOST'] ?? '127.0.0.1';
const port = Number(process.env['DEMO_BACKEND_PORT'] ?? 4020);
const delayMs = Number(process.env['DEMO_BACKEND_DELAY_MS'] ?? 20_000);
const MAX_BODY_BYTES = 10_000;

/** @type {Readonly<Record<string, { revenue: string, change: string }>>} */
const figures = {
  north: { revenue: '1.2 million euros', change: 'up 8 percent' },
  south: { revenue: '940 thousand euros', change: 'down 2 percent' },
};

const server = createServer((request, response) => {
  const answer = (/** @type {number} */ status, /** @type {object | undefined} */ body) => {
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(body && JSON.stringify(body));
  };
  handle(request).then(
    ({ status, body }) => answer(status, body),
    () => answer(400, { error: 'Expected a JSON object with a region.' }),
  );
});
server.listen(port, host, () => console.log(`sales backend on http://${host}:${port}`));
for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => process.exit(0));

/**
 * @param {import('node:http').IncomingMessage} request
 * @returns {Promise<{ status: number, body: object | undefined }>}
 */
async function handle(request) {
  switch (`${request.method} ${request.url}`) {
    case 'POST /reports/sales':
      return salesReport(request);
    case 'POST /follow-ups':
      request.resume();
      console.log('a follow-up came');
      return { status: 204, body: undefined };
    case 'GET /health':
      return { status: 200, body: { status: 'ok' } };
    default:
      return { status: 404, body: { error: 'There are POST /reports/sales, POST /follow-ups and GET /health.' } };
  }
}

/**
 * @param {import('node:http').IncomingMessage} request
 * @returns {Promise<{ status: number, body: object }>}
 */
async function salesReport(request) {
  let text = '';
  for await (const chunk of request) {
    text += chunk;
    if (text.length > MAX_BODY_BYTES) return { status: 413, body: { error: 'Too long.' } };
  }
  const region = String(JSON.parse(text).region ?? '').toLowerCase();
  const found = Object.hasOwn(figures, region) ? figures[region] : undefined;
  if (!found) return { status: 404, body: { error: `Known regions: ${Object.keys(figures).join(', ')}.` } };
  console.log('building a report');
  await sleep(delayMs);
  return { status: 200, body: { region, ...found } };
}
