// The demo's call among containers (service demo-call of docker-compose.yml): waits for the tools, plays the call and stays up if
// all of it was heard, so that `docker compose up --wait` has the verdict. `docker compose logs demo-call` shows the transcript.
import { spawn } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { askNotHeard } from './heard-check.mjs';

const SIMULATOR = '/app/apps/vapi-simulator/dist/main.js';
const CALL = join(import.meta.dirname, 'demo-call.yaml');
const REPORT = '/tmp/report.json';
/** The container is healthy while it is there. */
const HEARD = '/tmp/heard';
const TOOLS = ['find_slots', 'build_report'];
const TOOLS_WITHIN_MS = 60_000;
const LOOK_EVERY_MS = 500;

const gateway = process.env['GATEWAY_URL'] ?? 'http://gateway:3000';
const apiKey = process.env['INTERJECT_API_KEY'] ?? '';

for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => process.exit(0));
rmSync(HEARD, { force: true });
await waitForTools();
console.log('The call, as Vapi would play it:\n');
const wasHeard = await everythingWasHeard();
if (!wasHeard) {
  console.log('\nNot everything was heard: see above, and the logs of gateway, notifier and workers.');
  process.exit(1);
}
writeFileSync(HEARD, '');
for (const line of whatNext()) console.log(line);
// Until it is stopped: a container that has ended counts as failed for some versions of `docker compose up --wait`.
setInterval(() => undefined, 60_000);

/** The gateway hears of tools a moment after their workers are ready. */
async function waitForTools() {
  const deadline = performance.now() + TOOLS_WITHIN_MS;
  for (;;) {
    const live = await liveTools();
    const missing = TOOLS.filter((tool) => !live.includes(tool));
    if (missing.length === 0) return;
    if (performance.now() > deadline) {
      console.log(`The gateway at ${gateway} does not know ${missing.join(' and ')}: look at the logs of the workers.`);
      process.exit(1);
    }
    await sleep(LOOK_EVERY_MS);
  }
}

/** @returns {Promise<string[]>} names of the tools that a worker runs; none while the gateway cannot be asked */
async function liveTools() {
  try {
    const response = await fetch(`${gateway}/tools`, {
      headers: { authorization: `Bearer ${apiKey}` },
      signal: AbortSignal.timeout(2_000),
    });
    if (!response.ok) return [];
    const { tools } = /** @type {{ tools: { name: string, status: string }[] }} */ (await response.json());
    return tools.filter(({ status }) => status === 'live').map(({ name }) => name);
  } catch {
    return [];
  }
}

/** What the call expects has to hold, and whatever it expects: each result has to be heard. */
async function everythingWasHeard() {
  rmSync(REPORT, { force: true });
  const code = await playCall();
  if (code !== 0) return false;
  /** @type {{ calls: readonly { callId: string }[] }} */
  const { calls } = JSON.parse(readFileSync(REPORT, 'utf8'));
  const lines = await askNotHeard({ gateway, apiKey, callIds: calls.map(({ callId }) => callId) });
  for (const line of lines) console.log(`not heard: ${line}`);
  return lines.length === 0;
}

/** @returns {Promise<number>} the simulator's verdict as an exit code */
function playCall() {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [SIMULATOR, 'call', CALL, '--json', REPORT], { stdio: 'inherit' });
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
  });
}

function whatNext() {
  return [
    '',
    'Everything goes on running. Another call, and what was measured:',
    '  docker compose --profile demo restart demo-call && docker compose --profile demo logs --follow --since 1s demo-call',
    '  http://127.0.0.1:3001 (Grafana), http://127.0.0.1:9090 (Prometheus)',
    'docker compose --profile demo down --volumes ends and forgets all of it.',
  ];
}
