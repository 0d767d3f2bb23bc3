import { describe, expect, it } from '@jest/globals';
import type { Type } from '@nestjs/common';
import { ArrayNotEmpty, IsBoolean, IsIn, IsInt, IsOptional, IsString, IsUrl, Length, Max, Min } from 'class-validator';
import { Env } from './env.decorator.js';
import type { Environment } from './environment.js';
import { loadConfigs } from './load-configs.js';
import { isConfigurationError } from './runtime.errors.js';

class WebConfig {
  @Env('WEB_PORT') @IsInt() @Min(0) @Max(65_535) readonly port: number = 3000;
  @Env('WEB_MODE') @IsIn(['fast', 'safe']) readonly mode: 'fast' | 'safe' = 'safe';
  @Env('WEB_STRICT') @IsBoolean() readonly strict: boolean = true;
  @Env('WEB_ORIGINS') @IsUrl({ require_tld: false }, { each: true }) readonly origins: readonly string[] = [];
  @Env('WEB_NAME') @IsOptional() @Length(1, 20) readonly name?: string;
  @Env('WEB_LIMIT') @IsOptional() @IsInt() readonly limit?: number;
}

class SecretConfig {
  @Env('WEB_SECRET', { secret: true }) @IsString() @Length(8, 200) readonly secret!: string;
  @Env('WEB_AUTH') @IsIn(['none', 'hmac']) readonly auth: string = 'none';
  @Env('WEB_HMAC_KEY', { secret: true }) @IsOptional() @IsString() readonly hmacKey?: string;

  problems(): string[] {
    return this.auth === 'hmac' && this.hmacKey === undefined ? ['WEB_HMAC_KEY is needed for WEB_AUTH=hmac'] : [];
  }
}

function faultsOf(classes: readonly Type<object>[], env: Environment): Record<string, string> {
  try {
    loadConfigs(classes, env);
  } catch (error) {
    if (!isConfigurationError(error)) throw error;
    for (const { problem } of error.faults) expect(error.message).toContain(problem);
    return Object.fromEntries(error.faults.map(({ variable, problem }) => [variable, problem]));
  }
  return {};
}

describe('loadConfigs', () => {
  it('keeps the initial values when nothing is set, and takes an empty variable for unset', () => {
    const config = loadConfigs([WebConfig], { WEB_PORT: '', WEB_NAME: '  ', WEB_ORIGINS: '' }).get(WebConfig);
    expect(config).toBeInstanceOf(WebConfig);
    expect({ ...config }).toEqual({ port: 3000, mode: 'safe', strict: true, origins: [] });
  });

  it('reads each field as its type', () => {
    const env = {
      WEB_PORT: ' 8080 ',
      WEB_MODE: 'fast',
      WEB_STRICT: 'off',
      WEB_ORIGINS: 'http://localhost:1, http://localhost:2,',
      WEB_NAME: '007',
      WEB_LIMIT: '5',
    };
    expect({ ...loadConfigs([WebConfig], env).get(WebConfig) }).toEqual({
      port: 8080,
      mode: 'fast',
      strict: false,
      origins: ['http://localhost:1', 'http://localhost:2'],
      name: '007',
      limit: 5,
    });
  });

  it('reports all faults of all classes together, with what is expected and what was found', () => {
    const env = {
      WEB_PORT: '70000',
      WEB_MODE: 'slow',
      WEB_STRICT: 'maybe',
      WEB_LIMIT: '0x10',
      WEB_ORIGINS: 'a b',
      WEB_AUTH: 'hmac',
    };
    const faults = faultsOf([WebConfig, SecretConfig], env);
    expect(Object.keys(faults).sort()).toEqual([
      'WEB_HMAC_KEY',
      'WEB_LIMIT',
      'WEB_MODE',
      'WEB_ORIGINS',
      'WEB_PORT',
      'WEB_SECRET',
      'WEB_STRICT',
    ]);
    expect(faults['WEB_PORT']).toBe('must not be greater than 65535 (it is "70000")');
    expect(faults['WEB_MODE']).toBe('must be one of the following values: fast, safe (it is "slow")');
    expect(faults['WEB_STRICT']).toBe('must be true or false (it is "maybe")');
    expect(faults['WEB_LIMIT']).toBe('must be a number (it is "0x10")');
    expect(faults['WEB_ORIGINS']).toBe('each value must be a URL address (it is "a b")');
    expect(faults['WEB_SECRET']).toMatch(/^is not set; it must be/);
    expect(faults['WEB_HMAC_KEY']).toBe('is needed for WEB_AUTH=hmac');
  });

  it('never prints the value of a secret', () => {
    const faults = faultsOf([SecretConfig], { WEB_SECRET: 'hunter2' });
    expect(faults['WEB_SECRET']).toMatch(/longer than or equal to 8/);
    expect(JSON.stringify(faults)).not.toContain('hunter2');
  });

  it('shortens a long value', () => {
    expect(faultsOf([WebConfig], { WEB_PORT: 'x'.repeat(10_000) })['WEB_PORT']?.length).toBeLessThan(200);
  });

  it('reports a check that stumbles over a faulty field as the fault of the field alone', () => {
    class Stumbling {
      @Env('NEEDED') @IsString() readonly needed!: string;
      problems(): string[] {
        return this.needed.startsWith('x') ? [] : ['NEEDED must begin with x'];
      }
    }
    expect(faultsOf([Stumbling], {})).toEqual({ NEEDED: 'is not set; it must be a string' });
    expect(faultsOf([Stumbling], { NEEDED: 'y' })).toEqual({ NEEDED: 'must begin with x' });
  });

  it('names the service in a variable and takes presets as defaults', () => {
    class Ported {
      @Env('<SERVICE>_PORT') @IsInt() readonly port: number = 0;
    }
    const load = (env: Environment) =>
      loadConfigs([Ported], env, { service: 'http-worker', presets: new Map([[Ported, { port: 9110 }]]) }).get(Ported)
        .port;
    expect(load({})).toBe(9110);
    expect(load({ HTTP_WORKER_PORT: '1' })).toBe(1);
  });

  it('reads the fields of a base class too', () => {
    class Base {
      @Env('BASE') @IsString() readonly base: string = 'b';
    }
    class Derived extends Base {
      @Env('OWN', { type: 'list' }) @ArrayNotEmpty() readonly own: readonly string[] = ['o'];
    }
    expect({ ...loadConfigs([Derived], { BASE: 'x', OWN: 'y,z' }).get(Derived) }).toEqual({
      base: 'x',
      own: ['y', 'z'],
    });
    expect({ ...loadConfigs([Base], { BASE: 'x', OWN: 'y' }).get(Base) }).toEqual({ base: 'x' });
  });

  it('refuses to hand out a class that was not loaded', () => {
    expect(() => loadConfigs([WebConfig], {}).get(SecretConfig)).toThrow(/SecretConfig is not loaded/);
  });
});
