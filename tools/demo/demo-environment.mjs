import { randomBytes } from 'node:crypto';
import { root } from '../setup/paths.mjs';
import { join } from 'node:path';

/**
 * @typedef {{ variable: string, port: number }} PortWish
 * @typedef {(wanted: number, taken: ReadonlySet<number>) => Promise<number>} FreePort
 */

/**
 * Gives every variable that is not set a free port, the default one if possible.
 * @param {readonly PortWish[]} wishes
 * @param {NodeJS.ProcessEnv} env
 * @param {FreePort} nextFreePort
 * @param {(line: string) => void} print told of each port that had to move
 * @returns {Promise<Record<string, string>>}
 */
export async function choosePorts(wishes, env, nextFreePort, print) {
  const isSet = (/** @type {string} */ variable) => (env[variable] ?? '').trim() !== '';
  const taken = new Set(wishes.filter(({ variable }) => isSet(variable)).map(({ variable }) => Number(env[variable])));
  /** @type {Record<string, string>} */
  const chosen = {};
  for (const { variable, port } of wishes) {
    if (isSet(variable)) {
      chosen[variable] = String(env[variable]);
      continue;
    }
    const free = await nextFreePort(port, taken);
    taken.add(free);
    chosen[variable] = String(free);
    if (free !== port) print(`port ${port} is taken, so ${variable} is ${free} here`);
  }
  return chosen;
}

/**
 * The configuration of a system that talks to the simulator. What is set already wins, but for what ties the two
 * together.
 * @param {NodeJS.ProcessEnv} env
 * @param {Record<string, string>} ports
 * @param {readonly string[]} hidden names in `.env`, which the services read too: set to nothing here, they stay out
 * @returns {{ all: NodeJS.ProcessEnv, forCalls: Record<string, string> }} `forCalls`: what
 *   simulator and command line need
 */
export function demoEnvironment(env, ports, hidden = []) {
  const simulator = `http://127.0.0.1:${ports['SIMULATOR_PORT']}`;
  const forCalls = {
    SIMULATOR_PORT: String(ports['SIMULATOR_PORT']),
    SIMULATOR_GATEWAY_URL: `http://127.0.0.1:${ports['GATEWAY_PORT']}/vapi/webhook`,
    VAPI_WEBHOOK_SECRET: env['VAPI_WEBHOOK_SECRET'] || secret(),
    INTERJECT_API_KEY: env['INTERJECT_API_KEY'] || secret(),
    GATEWAY_PORT: String(ports['GATEWAY_PORT']),
    // The account that `npm run vapi` finds while the demo runs is the simulator's, whatever the environment says.
    GATEWAY_PUBLIC_URL: `http://127.0.0.1:${ports['GATEWAY_PORT']}`,
    VAPI_BASE_URL: simulator,
    VAPI_API_KEY: secret(),
  };
  const all = {
    ...Object.fromEntries(hidden.map((name) => [name, ''])),
    // A practice system that takes its time, and appointments that are forgotten with the demo.
    APPOINTMENTS_SEARCH_DELAY_MS: '2500',
    APPOINTMENTS_DATA_DIR: 'memory://',
    HTTP_TOOLS_FILE: join(root, 'tools/demo/http-tools.yaml'),
    ...env,
    ...ports,
    ...forCalls,
    VAPI_WEBHOOK_AUTH: 'secret',
    VAPI_CONTROL_URL_ALLOWED_ORIGINS: simulator,
    CALLBACK_SECRET: secret(),
    ...withoutOthers(env, [...Object.keys(forCalls), 'CALLBACK_SECRET']),
    DEMO_BACKEND_URL: `http://127.0.0.1:${ports['DEMO_BACKEND_PORT']}`,
  };
  return { all, forCalls };
}

/**
 * What would contradict the demo: files for secrets that it sets, and options of another way to authenticate webhooks.
 * @param {NodeJS.ProcessEnv} env
 * @param {readonly string[]} names
 * @returns {Record<string, string>}
 */
function withoutOthers(env, names) {
  const files = new Set(names.map((name) => `${name}_FILE`));
  const others = Object.keys(env).filter((name) => files.has(name) || /^VAPI_WEBHOOK_(BEARER|HMAC)_/.test(name));
  return Object.fromEntries(others.map((name) => [name, '']));
}

function secret() {
  return randomBytes(24).toString('base64url');
}
