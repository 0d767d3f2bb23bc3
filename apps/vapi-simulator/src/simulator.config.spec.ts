import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { DEFAULT_QUIRKS } from './account/quirks.js';
import { parseCommand } from './cli/arguments.js';
import { loadConfig } from './simulator.config.js';

describe('the configuration', () => {
  it('has defaults for everything', () => {
    expect(loadConfig({})).toEqual({
      host: '127.0.0.1',
      port: 4010,
      publicOrigin: undefined,
      gatewayUrl: 'http://127.0.0.1:3000/vapi/webhook',
      webhookSecret: undefined,
      privateKey: undefined,
      publicKey: undefined,
      timeFactor: 1,
      quirks: DEFAULT_QUIRKS,
      seed: undefined,
    });
  });

  it('reads the environment', () => {
    const environment = {
      SIMULATOR_PORT: '5000',
      SIMULATOR_PUBLIC_ORIGIN: 'http://sim:5000/',
      VAPI_WEBHOOK_SECRET: 's',
    };
    expect(loadConfig(environment)).toMatchObject({ port: 5_000, publicOrigin: 'http://sim:5000', webhookSecret: 's' });
  });

  it('reads secrets from files, and sends the first of several', () => {
    const directory = mkdtempSync(join(tmpdir(), 'simulator-config-'));
    const file = join(directory, 'secrets');
    writeFileSync(file, 'first\nsecond\n');
    expect(loadConfig({ VAPI_WEBHOOK_SECRET_FILE: file })).toMatchObject({ webhookSecret: 'first' });
    expect(loadConfig({ VAPI_WEBHOOK_SECRET: ' one, two' })).toMatchObject({ webhookSecret: 'one' });
    rmSync(directory, { recursive: true });
    expect(() => loadConfig({ VAPI_API_KEY_FILE: file })).toThrow(/VAPI_API_KEY_FILE: cannot be read/);
  });

  it('reads the quirks of the REST API and what is in the account', () => {
    const directory = mkdtempSync(join(tmpdir(), 'simulator-config-'));
    const file = join(directory, 'account.yaml');
    writeFileSync(file, 'tools: [{ id: t, type: function }]');
    const environment = { SIMULATOR_QUIRKS: 'patchType=ignore', SIMULATOR_ACCOUNT_FILE: file };
    expect(loadConfig(environment)).toMatchObject({
      quirks: { ...DEFAULT_QUIRKS, patchType: 'ignore' },
      seed: { tools: [{ fields: { type: 'function' }, meta: { id: 't' } }], assistants: [] },
    });
    writeFileSync(file, 'tool: []');
    expect(() => loadConfig({ ...environment, SIMULATOR_QUIRKS: 'x=1' })).toThrow(
      /SIMULATOR_QUIRKS: x: expected one of .*\n.*SIMULATOR_ACCOUNT_FILE: tool: expected one of/,
    );
    rmSync(directory, { recursive: true });
    expect(() => loadConfig(environment)).toThrow(/SIMULATOR_ACCOUNT_FILE: cannot be read/);
  });

  it('reports all faults together, without the values', () => {
    const environment = {
      SIMULATOR_PORT: 'secret-1',
      SIMULATOR_TIME_FACTOR: '0',
      SIMULATOR_PUBLIC_ORIGIN: 'http://user@x/path',
      SIMULATOR_GATEWAY_URL: 'ftp://secret-2',
    };
    expect(() => loadConfig(environment)).toThrow(
      /SIMULATOR_PORT: .*\n.*SIMULATOR_PUBLIC_ORIGIN: .*\n.*SIMULATOR_GATEWAY_URL: .*\n.*SIMULATOR_TIME_FACTOR: /,
    );
    expect(() => loadConfig(environment)).not.toThrow(/secret/);
  });
});

describe('the command line', () => {
  it('reads serve and call with its options', () => {
    expect(parseCommand(['serve'])).toEqual({ kind: 'serve' });
    expect(
      parseCommand(['call', 'a.yaml', '--time-factor', '10', '--json', 'r.json', '--set', 'a=b=c', '--set', 'calls=2']),
    ).toEqual({
      kind: 'call',
      file: 'a.yaml',
      timeFactor: 10,
      jsonFile: 'r.json',
      timeline: false,
      overrides: [
        { key: 'a', value: 'b=c' },
        { key: 'calls', value: '2' },
      ],
    });
  });

  it.each([
    [],
    ['play'],
    ['call'],
    ['call', 'a', 'b'],
    ['call', 'a', '--set', 'x'],
    ['call', 'a', '--time-factor', '0'],
    ['serve', '--x'],
  ])('refuses %s', (...args) => {
    expect(() => parseCommand(args)).toThrow();
  });
});
