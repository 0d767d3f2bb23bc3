import { describe, expect, it } from '@jest/globals';
import { IsOptional } from 'class-validator';
import { Env } from './env.decorator.js';
import { IsPublicUrl } from './is-public-url.decorator.js';
import { loadConfigs } from './load-configs.js';
import { isConfigurationError } from './runtime.errors.js';

class SpecConfig {
  @Env('SPEC_PUBLIC_URL', { type: 'string' })
  @IsOptional()
  @IsPublicUrl()
  readonly url?: string;
}

function load(url: string): string | undefined {
  return loadConfigs([SpecConfig], { SPEC_PUBLIC_URL: url }).get(SpecConfig).url;
}

describe('IsPublicUrl', () => {
  it.each([
    'https://interject.example.com',
    'https://interject.example.com:8443/voice/',
    'http://127.0.0.1:3000',
    'http://localhost:3000',
    'http://[::1]:3000',
    'http://gateway.localhost',
    'http://gateway:3000',
  ])('takes %s', (url) => {
    expect(load(url)).toBe(url);
  });

  it.each([
    'http://interject.example.com',
    'http://127.0.0.1.example.com',
    'http://localhost.example.com',
    'interject.example.com',
    'ftp://interject.example.com',
    'https://user:word@interject.example.com',
    'https://interject.example.com?x=1',
    'https://interject.example.com?',
    'https://interject.example.com#x',
    'https://',
  ])('refuses %s and says what is wanted', (url) => {
    let thrown: unknown;
    try {
      load(url);
    } catch (error) {
      thrown = error;
    }
    if (!isConfigurationError(thrown)) throw new Error('it was taken');
    expect(thrown.faults).toEqual([{ variable: 'SPEC_PUBLIC_URL', problem: expect.stringMatching(/https:\/\//) }]);
  });
});
