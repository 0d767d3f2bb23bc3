import { describe, expect, it } from '@jest/globals';
import { isConfigurationError, loadConfigs } from '@interject/runtime';
import { GatewayConfig } from './gateway.config.js';

/** The configuration, or its faults by variable. */
function load(more: Record<string, string>): GatewayConfig | Record<string, string> {
  try {
    return loadConfigs([GatewayConfig], more, { service: 'gateway' }).get(GatewayConfig);
  } catch (error) {
    if (!isConfigurationError(error)) throw error;
    return Object.fromEntries(error.faults.map(({ variable, problem }) => [variable, problem]));
  }
}

describe('GatewayConfig', () => {
  it('needs nothing about callbacks', () => {
    const config = load({});
    expect(config).toBeInstanceOf(GatewayConfig);
    expect(config).toMatchObject({ port: 3000 });
    expect((config as GatewayConfig).callbackSecret).toBeUndefined();
    expect((config as GatewayConfig).publicUrl).toBeUndefined();
  });

  it('takes a public URL and a secret', () => {
    const more = { GATEWAY_PUBLIC_URL: 'https://interject.example.com', CALLBACK_SECRET: '0123456789abcdef' };
    expect(load(more)).toMatchObject({ publicUrl: more.GATEWAY_PUBLIC_URL, callbackSecret: more.CALLBACK_SECRET });
  });

  it('tells all that is wrong, and no secret', () => {
    const faults = load({ GATEWAY_PUBLIC_URL: 'http://interject.example.com', CALLBACK_SECRET: 'too short' });
    expect(faults).toEqual({
      GATEWAY_PUBLIC_URL: expect.stringMatching(/https/),
      CALLBACK_SECRET: expect.stringMatching(/16 to 1024 characters/),
    });
    expect(JSON.stringify(faults)).not.toContain('too short');
  });
});
