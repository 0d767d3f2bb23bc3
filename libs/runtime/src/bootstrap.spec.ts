import { describe, expect, it } from '@jest/globals';
import { Module } from '@nestjs/common';
import { IsInt } from 'class-validator';
import { loadServiceConfigs, reasonOf } from './bootstrap.js';
import { Env } from './env.decorator.js';
import { isConfigurationError } from './runtime.errors.js';
import { ServiceConfig } from './service.config.js';

class WorkConfig {
  @Env('WORK_LIMIT') @IsInt() readonly limit: number = 1;
}

@Module({})
class AppModule {}

const OPTIONS = { service: 'http-worker', defaultManagementPort: 9110, configs: [WorkConfig], module: AppModule };

function faultyVariables(env: Record<string, string>): readonly string[] {
  try {
    loadServiceConfigs(OPTIONS, env);
    return [];
  } catch (error) {
    if (!isConfigurationError(error)) throw error;
    return error.faults.map(({ variable }) => variable);
  }
}

describe('loadServiceConfigs', () => {
  it('has defaults for everything', () => {
    const configs = loadServiceConfigs(OPTIONS, {});
    expect({ ...configs.get(ServiceConfig) }).toEqual({
      service: 'http-worker',
      version: expect.stringMatching(/^\d+\.\d+\.\d+/),
      natsUrl: 'nats://127.0.0.1:4222',
      managementPort: 9110,
      managementHost: '0.0.0.0',
      logLevel: 'info',
    });
    expect(configs.get(WorkConfig).limit).toBe(1);
  });

  it('takes the management port of this service alone', () => {
    const env = { HTTP_WORKER_MANAGEMENT_PORT: '0', GATEWAY_MANAGEMENT_PORT: '1' };
    expect(loadServiceConfigs(OPTIONS, env).get(ServiceConfig).managementPort).toBe(0);
  });

  it('reports faults of the service and of its own classes together', () => {
    const env = { NATS_URL: 'http://x/y', LOG_LEVEL: 'loud', WORK_LIMIT: 'x', HTTP_WORKER_MANAGEMENT_PORT: '70000' };
    expect([...faultyVariables(env)].sort()).toEqual([
      'HTTP_WORKER_MANAGEMENT_PORT',
      'LOG_LEVEL',
      'NATS_URL',
      'WORK_LIMIT',
    ]);
  });

  it.each(['nats://127.0.0.1:4222', 'tls://user:word@a.example:4222, nats://b', 'localhost:4222', 'nats://[::1]:4222'])(
    'takes %s for NATS_URL',
    (url) => {
      expect(faultyVariables({ NATS_URL: url })).toEqual([]);
    },
  );

  it.each(['nats://', 'http://a', 'nats://a b', 'nats://a,'])('refuses %s for NATS_URL', (url) => {
    expect(faultyVariables({ NATS_URL: url })).toEqual(['NATS_URL']);
  });
});

describe('reasonOf', () => {
  it('tells the text of a failed start without the credentials in a URL', () => {
    expect(reasonOf(new Error('no server at nats://user:word@a:4222,tls://token@b'))).toBe(
      'no server at nats://***@a:4222,tls://***@b',
    );
  });

  it('does not quote what is not an error', () => {
    expect(reasonOf('word')).toBe('something that is not an Error was thrown');
  });
});
