import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { IsInt, IsOptional, IsString, Length } from 'class-validator';
import { Env } from './env.decorator.js';
import type { Environment } from './environment.js';
import { loadConfigs } from './load-configs.js';
import { isConfigurationError } from './runtime.errors.js';
import { ServiceConfig } from './service.config.js';

class KeyConfig {
  @Env('APP_KEY', { secret: true }) @IsString() @Length(8, 200) readonly key!: string;
  @Env('APP_PIN', { secret: true }) @IsOptional() @IsInt() readonly pin?: number;
  @Env('APP_NAME') @IsString() readonly name: string = 'app';

  problems(): string[] {
    return this.key === undefined ? ['APP_KEY is needed'] : [];
  }
}

describe('secrets in files', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'secret-files-'));
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  function file(content: string | Buffer): string {
    const path = join(folder, 'secret');
    writeFileSync(path, content);
    return path;
  }

  function faultsOf(env: Environment): Record<string, string> {
    try {
      loadConfigs([KeyConfig], env);
    } catch (error) {
      if (!isConfigurationError(error)) throw error;
      expect(error.message).not.toMatch(/hunter2/);
      return Object.fromEntries(error.faults.map(({ variable, problem }) => [variable, problem]));
    }
    return {};
  }

  it.each([
    ['as it is', 'a secret key', 'a secret key'],
    ['without the line break at its end', 'a secret key\n', 'a secret key'],
    ['without the line break of Windows', 'a secret key\r\n', 'a secret key'],
    ['with line breaks and blanks within', ' one key\nother key \n\n', ' one key\nother key '],
    ['with letters of any script', 'schlüssel 鍵\n', 'schlüssel 鍵'],
  ])('are read %s', (_, content, key) => {
    expect(loadConfigs([KeyConfig], { APP_KEY_FILE: file(content) }).get(KeyConfig).key).toBe(key);
  });

  it('are read beside an empty variable, which counts as unset, and as the type of the field', () => {
    const env = { APP_KEY: '', APP_KEY_FILE: file('12345678\n'), APP_PIN_FILE: file('12345678\n') };
    expect(loadConfigs([KeyConfig], env).get(KeyConfig)).toMatchObject({ key: '12345678', pin: 12_345_678 });
  });

  it('hold for every secret of every service', () => {
    const env = { NATS_URL_FILE: file('nats://user:hunter2@nats.example:4222\n'), GATEWAY_MANAGEMENT_PORT: '0' };
    const presets = new Map([[ServiceConfig, { service: 'gateway', version: '0' }]]);
    const { natsUrl } = loadConfigs([ServiceConfig], env, { service: 'gateway', presets }).get(ServiceConfig);
    expect(natsUrl).toBe('nats://user:hunter2@nats.example:4222');
  });

  it('are for secrets alone: other variables may end in _FILE themselves', () => {
    const env = { APP_KEY: 'a secret key', APP_NAME_FILE: '/nowhere' };
    expect(loadConfigs([KeyConfig], env).get(KeyConfig).name).toBe('app');
  });

  it('are refused beside the variable', () => {
    expect(faultsOf({ APP_KEY: 'hunter2 hunter2', APP_KEY_FILE: file('hunter2 hunter2') })).toEqual({
      APP_KEY_FILE: 'must not be set beside APP_KEY: keep one',
    });
  });

  it.each<[what: string, content: string | Buffer, problem: RegExp]>([
    ['an empty file', '', /it is empty/],
    ['a file of line breaks', '\n\r\n', /it is empty/],
    ['a file that is no text', Buffer.from([0xff, 0xfe, 0x00]), /UTF-8/],
    ['a file that is too long', 'x'.repeat(65_537), /nothing but the secret/],
    ['a secret that does not fit', 'hunter2\n', /longer than or equal to 8/],
  ])('tell of %s', (_, content, problem) => {
    expect(faultsOf({ APP_KEY_FILE: file(content) })).toEqual({ APP_KEY_FILE: expect.stringMatching(problem) });
  });

  it.each([
    ['a file that is not there', () => join(folder, 'nothing'), /this process can read \(ENOENT\)/],
    ['a folder', () => folder, /this process can read \(EISDIR\)/],
    ['the secret itself', () => 'hunter2', /this process can read \(ENOENT\)/],
  ])('tell of %s, and not what it said', (_, path, problem) => {
    expect(faultsOf({ APP_KEY_FILE: path() })).toEqual({ APP_KEY_FILE: expect.stringMatching(problem) });
  });

  it('tell all faults together', () => {
    const faults = faultsOf({ APP_KEY_FILE: '/nowhere', APP_PIN_FILE: file('hunter2') });
    expect(Object.keys(faults)).toEqual(['APP_KEY_FILE', 'APP_PIN_FILE']);
    expect(faults['APP_PIN_FILE']).toBe('must be a number');
  });
});
