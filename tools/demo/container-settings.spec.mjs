import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { containerSettings, shellScript, writeSettings } from './container-settings.mjs';

const TOOLS = join(import.meta.dirname, 'http-tools.yaml');

/**
 * What a program sees that docker-compose.yml starts with these settings.
 * @param {string} file
 * @param {Record<string, string>} env
 */
function environmentBehind(file, env) {
  const { stdout, status } = spawnSync('sh', ['-ec', `. "${file}"; exec env`], {
    encoding: 'utf8',
    env: { PATH: process.env['PATH'] ?? '', ...env },
  });
  expect(status).toBe(0);
  return Object.fromEntries(
    stdout
      .trimEnd()
      .split('\n')
      .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  );
}

describe('containerSettings', () => {
  let count = 0;
  const settings = containerSettings('/run/demo', () => `secret-${++count}`);

  it('gives each secret to those who need it, and to nobody else', () => {
    const holders = (/** @type {string} */ secret) =>
      Object.keys(settings).filter((app) => Object.values(settings[app] ?? {}).includes(secret));
    expect(holders(settings['gateway']?.['VAPI_WEBHOOK_SECRET'] ?? '')).toEqual(['gateway', 'vapi-simulator']);
    expect(holders(settings['gateway']?.['INTERJECT_API_KEY'] ?? '')).toEqual(['gateway', 'vapi-simulator']);
    expect(holders(settings['notifier']?.['VAPI_API_KEY'] ?? '')).toEqual(['notifier', 'vapi-simulator']);
    expect(holders(settings['follow-up-worker']?.['FOLLOW_UP_WEBHOOK_SECRET'] ?? '')).toEqual(['follow-up-worker']);
    expect(count).toBe(4);
  });

  it('never asks the real Vapi', () => {
    expect(settings['notifier']?.['VAPI_BASE_URL']).toBe(settings['notifier']?.['VAPI_CONTROL_URL_ALLOWED_ORIGINS']);
    expect(settings['notifier']?.['VAPI_PUBLIC_KEY']).toBe('');
  });
});

describe('the files', () => {
  /** @type {string} */
  let folder;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'interject-demo-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('go before what .env says, and take away what would contradict them', () => {
    writeSettings(folder, TOOLS);

    const env = environmentBehind(join(folder, 'gateway.sh'), {
      VAPI_WEBHOOK_AUTH: 'hmac',
      VAPI_WEBHOOK_SECRET_FILE: '/run/secrets/webhook',
      VAPI_WEBHOOK_HMAC_ENCODING: 'hex',
      INTERJECT_API_KEY: 'of the real system',
      INTERJECT_API_KEY_FILE: '/run/secrets/key',
      NATS_PASSWORD: 'stays',
    });

    expect(env).toMatchObject({
      VAPI_WEBHOOK_AUTH: 'secret',
      VAPI_WEBHOOK_SECRET: expect.stringMatching(/^[\w-]{32}$/),
      VAPI_CONTROL_URL_ALLOWED_ORIGINS: 'http://vapi-simulator:4010',
      NATS_PASSWORD: 'stays',
    });
    expect(env['INTERJECT_API_KEY']).not.toBe('of the real system');
    expect(Object.keys(env).filter((name) => /_FILE$|_HMAC_|_BEARER_/.test(name))).toEqual([]);
  });

  it('bring http-worker its tools', () => {
    writeSettings(folder, TOOLS);

    const env = environmentBehind(join(folder, 'http-worker.sh'), { NATS_USER: 'http-worker' });

    expect(env).toMatchObject({ NATS_USER: 'http-worker', DEMO_BACKEND_URL: 'http://demo-backend:4020' });
    expect(readFileSync(String(env['HTTP_TOOLS_FILE']), 'utf8')).toBe(readFileSync(TOOLS, 'utf8'));
  });

  it('are written once, so that a simulator that is restarted keeps the secrets of the others', () => {
    writeSettings(folder, TOOLS);
    const before = readFileSync(join(folder, 'gateway.sh'), 'utf8');
    writeSettings(folder, TOOLS);
    expect(readFileSync(join(folder, 'gateway.sh'), 'utf8')).toBe(before);
  });

  it('are shell that takes any text but a quote', () => {
    const file = join(folder, 'x.sh');
    writeFileSync(file, shellScript({ X: 'a $HOME `b` \\ "c"' }));
    expect(environmentBehind(file, {})['X']).toBe('a $HOME `b` \\ "c"');
  });
});
