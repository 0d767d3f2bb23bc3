import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { nextFreePort, readServices, stopOnSignals, Supervisor, variablePrefix } from '../supervisor/dist/index.js';
import { SetupError, say } from '../setup/console.mjs';
import { demoFile, root, stateDirectory } from '../setup/paths.mjs';
import { choosePorts, demoEnvironment } from './demo-environment.mjs';
import { askNotHeard } from './heard-check.mjs';

const SIMULATOR = 'apps/vapi-simulator/dist/main.js';
const DEMO_CALL = 'tools/demo/demo-call.yaml';
const INTERRUPTED = 130;

/** @typedef {import('../supervisor/dist/index.js').PlannedProcess} PlannedProcess */

/**
 * Starts broker, services, simulator and the demo's backend, plays a call, and stays up until Ctrl-C.
 * @param {{ once: boolean, scenario: string | undefined, natsServer: string | undefined }} options `once`: end after the
 *   call, with its verdict as exit code; `scenario`: played instead of the demo's call
 */
export async function runDemo({ once, scenario = DEMO_CALL, natsServer }) {
  const ports = await choosePorts(portWishes(), process.env, nextFreePort, say);
  const { all: env, forCalls } = demoEnvironment(process.env, ports, namesInEnvFile());
  const logDirectory = join(stateDirectory(), 'logs');
  /** Until the call has been judged, a stop is an interruption. */
  let exitCode = INTERRUPTED;
  let fail = (/** @type {Error} */ _error) => {};
  const failed = new Promise((_, reject) => (fail = reject));

  const supervisor = new Supervisor({
    root,
    env,
    stateDirectory: join(stateDirectory(), 'demo'),
    freshStore: true,
    ...(natsServer === undefined ? {} : { natsServer }),
    logDirectory,
    companions: companions(ports),
    print: say,
    onHopeless: (id) =>
      fail(new SetupError(`${id} cannot start, so there is no demo. Its log: ${logDirectory}/${id}.log`)),
  });
  stopOnSignals(supervisor, process, say, () => exitCode);
  say(`logs are in ${logDirectory}`);
  const isReady = await Promise.race([supervisor.start(), failed]);
  if (!isReady) return;
  rememberForCalls({ ...forCalls, ...(supervisor.natsUrl === undefined ? {} : { NATS_URL: supervisor.natsUrl }) });
  process.once('exit', () => rmSync(demoFile(), { force: true }));

  say('\nThe call, as Vapi would play it:\n');
  exitCode = (await everythingWasHeard(scenario, env, forCalls)) ? 0 : 1;
  if (once) {
    await supervisor.stop();
    process.exit(exitCode);
  }
  if (supervisor.isStopping) return;
  if (exitCode !== 0) say('\nNot everything was heard as expected: see above, and the logs.');
  exitCode = 0;
  for (const line of whatRunsWhere(ports, env, logDirectory)) say(line);
}

/** The demo is the same for everybody: a `.env` for real calls has no say in it. */
function namesInEnvFile() {
  const file = join(root, '.env');
  return existsSync(file) ? Object.keys(parseEnv(readFileSync(file, 'utf8'))) : [];
}

function portWishes() {
  return [
    ...readServices(root).flatMap(({ name, http, managementPort }) => [
      ...(http ? [http] : []),
      { variable: `${variablePrefix(name)}_MANAGEMENT_PORT`, port: managementPort },
    ]),
    { variable: 'SIMULATOR_PORT', port: 4010 },
    { variable: 'DEMO_BACKEND_PORT', port: 4020 },
  ];
}

/**
 * @param {Record<string, string>} ports
 * @returns {PlannedProcess[]}
 */
function companions(ports) {
  const of = (/** @type {string} */ id, /** @type {string[]} */ args, /** @type {string | undefined} */ port) => ({
    id,
    role: /** @type {const} */ ('companion'),
    args,
    env: {},
    probe: { kind: /** @type {const} */ ('port'), port: Number(port) },
  });
  return [
    of('vapi-simulator', [SIMULATOR, 'serve'], ports['SIMULATOR_PORT']),
    of('demo-backend', ['tools/demo/backend/sales-backend.mjs'], ports['DEMO_BACKEND_PORT']),
  ];
}

/**
 * Lets `npm run call` in another terminal find this gateway and know its secret; for the owner's eyes only.
 * @param {Record<string, string>} variables
 */
function rememberForCalls(variables) {
  mkdirSync(stateDirectory(), { recursive: true });
  const lines = Object.entries(variables).map(([name, value]) => `${name}=${value}\n`);
  rmSync(demoFile(), { force: true });
  writeFileSync(demoFile(), lines.join(''), { mode: 0o600 });
}

/**
 * Plays a scenario. What it expects has to hold, and whatever it expects: each result has to be heard.
 * @param {string} scenario
 * @param {NodeJS.ProcessEnv} env
 * @param {Record<string, string>} forCalls
 * @returns {Promise<boolean>}
 */
async function everythingWasHeard(scenario, env, forCalls) {
  const report = join(stateDirectory(), 'demo', 'report.json');
  rmSync(report, { force: true });
  const code = await playCall(['call', scenario, '--json', report], env);
  if (!existsSync(report)) return false;
  /** @type {{ calls: readonly { callId: string }[] }} */
  const { calls } = JSON.parse(readFileSync(report, 'utf8'));
  const lines = await askNotHeard({
    gateway: `http://127.0.0.1:${forCalls['GATEWAY_PORT']}`,
    apiKey: String(forCalls['INTERJECT_API_KEY']),
    callIds: calls.map(({ callId }) => callId),
  });
  for (const line of lines) say(`not heard: ${line}`);
  return code === 0 && lines.length === 0;
}

/**
 * @param {readonly string[]} args
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<number>} the simulator's verdict as an exit code
 */
function playCall(args, env) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [SIMULATOR, ...args], {
      cwd: root,
      env,
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    const stop = () => child.kill('SIGTERM');
    process.once('exit', stop);
    child.once('error', reject);
    child.once('exit', (code) => {
      process.off('exit', stop);
      resolve(code ?? INTERRUPTED);
    });
  });
}

/**
 * @param {Record<string, string>} ports
 * @param {NodeJS.ProcessEnv} env
 * @param {string} logDirectory
 */
function whatRunsWhere(ports, env, logDirectory) {
  const url = (/** @type {string} */ variable, path = '') => `http://127.0.0.1:${ports[variable]}${path}`;
  const running = readServices(root).filter(({ needs }) => needs === undefined || (env[needs] ?? '').trim() !== '');
  const places = [
    ['gateway', url('GATEWAY_PORT', '/vapi/webhook')],
    ...running.map(({ name }) => [`${name} health`, url(`${variablePrefix(name)}_MANAGEMENT_PORT`, '/health/ready')]),
    ['simulator', url('SIMULATOR_PORT')],
    ['logs', logDirectory],
  ];
  return [
    '',
    'Everything goes on running until Ctrl-C (metrics: /metrics beside /health):',
    ...places.map(([name, place]) => `  ${name?.padEnd(27)}${place}`),
    '',
    'Try more in another terminal:',
    `  npm run call -- ${DEMO_CALL}      another call; copy the file and change what is said`,
    `  . ${demoFile()}; curl -H "authorization: Bearer $INTERJECT_API_KEY" ${url('GATEWAY_PORT', '/tools')}`,
  ];
}
