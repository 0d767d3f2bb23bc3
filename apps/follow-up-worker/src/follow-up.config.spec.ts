import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import { UndeliveredReasons } from '@interject/contracts';
import { isConfigurationError, loadConfigs } from '@interject/runtime';
import { FollowUpConfig } from './follow-up.config.js';

const URL_SET = { FOLLOW_UP_WEBHOOK_URL: 'https://sms.example/hook?token=t0p-secret' };

function load(env: Record<string, string>): FollowUpConfig {
  return loadConfigs([FollowUpConfig], env).get(FollowUpConfig);
}

function faultsOf(env: Record<string, string>): string {
  try {
    load(env);
  } catch (error) {
    if (isConfigurationError(error)) return error.message;
    throw error;
  }
  return '';
}

describe('FollowUpConfig', () => {
  it('follows up everything, unsigned, unless told otherwise', () => {
    expect(load(URL_SET)).toMatchObject({ webhookUrl: URL_SET.FOLLOW_UP_WEBHOOK_URL, reasons: UndeliveredReasons });
    expect(load(URL_SET).webhookSecret).toBeUndefined();
  });

  it('takes a secret and a list of reasons', () => {
    const env = { ...URL_SET, FOLLOW_UP_WEBHOOK_SECRET: 'long enough', FOLLOW_UP_REASONS: 'call-ended, expired' };
    expect(load(env)).toMatchObject({ webhookSecret: 'long enough', reasons: ['call-ended', 'expired'] });
  });

  it.each<[string, Record<string, string>, RegExp]>([
    ['no URL', {}, /FOLLOW_UP_WEBHOOK_URL: is not set; it must name the http:\/\/ or https:\/\/ address/],
    ['no URL at all', { FOLLOW_UP_WEBHOOK_URL: 'sms' }, /FOLLOW_UP_WEBHOOK_URL: must be a URL like https:/],
    ['another scheme', { FOLLOW_UP_WEBHOOK_URL: 'ftp://sms.example' }, /must begin with https:\/\/ or http:/],
    ['a password', { FOLLOW_UP_WEBHOOK_URL: 'https://me:t0p-secret@sms.example' }, /must not hold user and password/],
    ['a short secret', { ...URL_SET, FOLLOW_UP_WEBHOOK_SECRET: 'short' }, /WEBHOOK_SECRET: must have 8 characters/],
    [
      'an unknown reason',
      { ...URL_SET, FOLLOW_UP_REASONS: 'call-ended,bored' },
      /FOLLOW_UP_REASONS: each value must be/,
    ],
    ['no reason', { ...URL_SET, FOLLOW_UP_REASONS: ',' }, /FOLLOW_UP_REASONS: must name one or more of call-ended/],
  ])('says what to do about %s', (_case, env, expected) => {
    expect(faultsOf(env)).toMatch(expected);
    expect(faultsOf(env)).not.toContain('t0p-secret');
  });
});
