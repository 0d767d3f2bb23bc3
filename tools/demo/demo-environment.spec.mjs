import { describe, expect, it } from '@jest/globals';
import { choosePorts, demoEnvironment } from './demo-environment.mjs';

const wishes = [
  { variable: 'GATEWAY_PORT', port: 3000 },
  { variable: 'SIMULATOR_PORT', port: 4010 },
];

/** @param {number[]} occupied */
function freePort(occupied) {
  return async (/** @type {number} */ wanted, /** @type {ReadonlySet<number>} */ taken) => {
    let port = wanted;
    while (occupied.includes(port) || taken.has(port)) port += 1;
    return port;
  };
}

describe('choosePorts', () => {
  it('takes the default ports where they are free and says which it had to move', async () => {
    /** @type {string[]} */
    const said = [];
    const ports = await choosePorts(wishes, {}, freePort([3000, 3001]), (line) => said.push(line));

    expect(ports).toEqual({ GATEWAY_PORT: '3002', SIMULATOR_PORT: '4010' });
    expect(said).toEqual(['port 3000 is taken, so GATEWAY_PORT is 3002 here']);
  });

  it('leaves what is set alone, and gives it to nobody else', async () => {
    const ports = await choosePorts(wishes, { SIMULATOR_PORT: '3000' }, freePort([]), () => undefined);

    expect(ports).toEqual({ GATEWAY_PORT: '3001', SIMULATOR_PORT: '3000' });
  });
});

describe('demoEnvironment', () => {
  const ports = { GATEWAY_PORT: '3002', SIMULATOR_PORT: '4011', DEMO_BACKEND_PORT: '4020' };

  it('ties services and simulator together, with secrets of its own for each run', () => {
    const { all, forCalls } = demoEnvironment({}, ports);

    expect(all).toMatchObject({
      VAPI_WEBHOOK_AUTH: 'secret',
      VAPI_CONTROL_URL_ALLOWED_ORIGINS: 'http://127.0.0.1:4011',
      VAPI_BASE_URL: 'http://127.0.0.1:4011',
      SIMULATOR_GATEWAY_URL: 'http://127.0.0.1:3002/vapi/webhook',
      DEMO_BACKEND_URL: 'http://127.0.0.1:4020',
      VAPI_WEBHOOK_SECRET: forCalls.VAPI_WEBHOOK_SECRET,
    });
    expect(forCalls.VAPI_WEBHOOK_SECRET).toMatch(/^[\w-]{32}$/);
    expect(forCalls.VAPI_WEBHOOK_SECRET).not.toBe(demoEnvironment({}, ports).forCalls.VAPI_WEBHOOK_SECRET);
  });

  it('keeps a secret and an API key that are set', () => {
    const { forCalls } = demoEnvironment({ VAPI_WEBHOOK_SECRET: 'webhook', INTERJECT_API_KEY: 'key' }, ports);

    expect(forCalls).toMatchObject({ VAPI_WEBHOOK_SECRET: 'webhook', INTERJECT_API_KEY: 'key' });
  });

  it('takes out what would contradict it: files of secrets, and options of another authentication', () => {
    const env = {
      VAPI_WEBHOOK_SECRET_FILE: '/run/secrets/a',
      CALLBACK_SECRET_FILE: '/run/secrets/b',
      VAPI_WEBHOOK_HMAC_ALGORITHM: 'sha512',
      DATABASE_URL_FILE: '/run/secrets/c',
    };
    expect(demoEnvironment(env, ports).all).toMatchObject({
      VAPI_WEBHOOK_SECRET_FILE: '',
      CALLBACK_SECRET_FILE: '',
      VAPI_WEBHOOK_HMAC_ALGORITHM: '',
      DATABASE_URL_FILE: '/run/secrets/c',
    });
  });

  it('keeps the settings of a .env for real calls out', () => {
    const { all } = demoEnvironment({ LOG_LEVEL: 'debug' }, ports, ['VAPI_PUBLIC_KEY', 'LOG_LEVEL', 'VAPI_BASE_URL']);

    expect(all).toMatchObject({ VAPI_PUBLIC_KEY: '', LOG_LEVEL: 'debug', VAPI_BASE_URL: 'http://127.0.0.1:4011' });
  });

  it('never touches a real account, whatever the environment says', () => {
    const { all, forCalls } = demoEnvironment(
      { VAPI_API_KEY: 'a real key', VAPI_BASE_URL: 'https://api.vapi.ai' },
      ports,
    );

    expect(forCalls.VAPI_API_KEY).not.toBe('a real key');
    expect(all).toMatchObject({ ...forCalls, VAPI_BASE_URL: 'http://127.0.0.1:4011' });
  });

  it('lets the environment slow the demo down or speed it up', () => {
    expect(demoEnvironment({ APPOINTMENTS_SEARCH_DELAY_MS: '0' }, ports).all['APPOINTMENTS_SEARCH_DELAY_MS']).toBe('0');
  });
});
