import { describe, expect, it } from '@jest/globals';
import { HMAC_PLAN, judge } from '../fixtures/signed-webhook.js';
import type { HeaderLines } from '../fixtures/signed-webhook.js';
import { isVapiSettingsError } from '../vapi-errors.js';
import { webhookAuthProblems } from './webhook-auth-problems.js';
import type { WebhookAuthSettings, WebhookRefusal } from './webhook-auth.types.js';
import { webhookAuthenticator } from './webhook-authenticator.js';

describe('secrets in headers', () => {
  const secret: WebhookAuthSettings = { mode: 'secret', secrets: ['first secret', 'other secret'] };
  const bearer: WebhookAuthSettings = {
    mode: 'bearer',
    secrets: ['token-one', 'token-two'],
    header: 'Authorization',
    prefix: true,
  };
  const bare: WebhookAuthSettings = { ...bearer, header: 'X-Api-Key', prefix: false };

  it.each<[what: string, settings: WebhookAuthSettings, headers: HeaderLines, verdict: 'authentic' | WebhookRefusal]>([
    ['anything for none', { mode: 'none' }, {}, 'authentic'],
    ['the secret', secret, { 'x-vapi-secret': ['first secret'] }, 'authentic'],
    ['the other secret', secret, { 'x-vapi-secret': ['other secret'] }, 'authentic'],
    ['no secret', secret, {}, 'header-missing'],
    ['an empty secret', secret, { 'x-vapi-secret': [''] }, 'header-missing'],
    ['a wrong secret', secret, { 'x-vapi-secret': ['third secret'] }, 'credential-wrong'],
    ['a part of the secret', secret, { 'x-vapi-secret': ['first secre'] }, 'credential-wrong'],
    ['more than the secret', secret, { 'x-vapi-secret': ['first secret '] }, 'credential-wrong'],
    ['another case', secret, { 'x-vapi-secret': ['First secret'] }, 'credential-wrong'],
    ['both secrets in one line', secret, { 'x-vapi-secret': ['first secret, other secret'] }, 'credential-wrong'],
    ['the secret twice', secret, { 'x-vapi-secret': ['first secret', 'first secret'] }, 'header-repeated'],
    ['the secret elsewhere', secret, { authorization: ['Bearer first secret'] }, 'header-missing'],
    ['a long wrong secret', secret, { 'x-vapi-secret': ['x'.repeat(16_000)] }, 'credential-wrong'],
    ['a token', bearer, { authorization: ['Bearer token-one'] }, 'authentic'],
    ['the other token', bearer, { authorization: ['Bearer token-two'] }, 'authentic'],
    ['a scheme in small letters', bearer, { authorization: ['bearer  token-one'] }, 'authentic'],
    ['no token', bearer, {}, 'header-missing'],
    ['a token without its scheme', bearer, { authorization: ['token-one'] }, 'credential-malformed'],
    ['a scheme without a token', bearer, { authorization: ['Bearer '] }, 'credential-malformed'],
    ['another scheme', bearer, { authorization: ['Basic token-one'] }, 'credential-malformed'],
    ['a wrong token', bearer, { authorization: ['Bearer token-on'] }, 'credential-wrong'],
    ['two tokens', bearer, { authorization: ['Bearer token-one', 'Bearer token-one'] }, 'header-repeated'],
    ['a token in another header', bare, { 'x-api-key': ['token-two'] }, 'authentic'],
    ['a scheme where none belongs', bare, { 'x-api-key': ['Bearer token-two'] }, 'credential-wrong'],
    ['the usual header', bare, { authorization: ['token-two'] }, 'header-missing'],
    ['a secret in any header', { ...bare, header: 'X-Vapi-Secret' }, { 'x-vapi-secret': ['token-one'] }, 'authentic'],
  ])('%s', (_, settings, headers, verdict) => {
    expect(judge(settings, headers)).toBe(verdict);
  });

  it('tells a stranger what to send, and no secret', () => {
    const texts = [secret, bearer, bare, HMAC_PLAN].map((settings) => webhookAuthenticator(settings).instruction);
    expect(texts).toEqual([
      "Send the secret of this server in the header 'x-vapi-secret'.",
      "Send the token in the header 'authorization', as 'Bearer <token>'.",
      "Send the token in the header 'x-api-key', as it is.",
      "Send application/json, its HMAC in the header 'x-signature', and the time in 'x-timestamp'.",
    ]);
  });
});

describe('settings that cannot work', () => {
  const bearer: WebhookAuthSettings = { mode: 'bearer', secrets: ['token-one'], header: 'authorization', prefix: true };

  it.each<[what: string, settings: WebhookAuthSettings, problem: string]>([
    ['no secret', { mode: 'secret', secrets: [] }, 'secrets must hold a secret'],
    ['an empty secret', { mode: 'secret', secrets: [''] }, 'secrets must have 8 to 1024 characters'],
    [
      'one short secret of two',
      { mode: 'secret', secrets: ['long enough', 'short'] },
      'secrets must have 8 to 1024 characters (number 2 of 2)',
    ],
    ['a secret twice', { ...bearer, secrets: ['token-one', 'token-one'] }, 'secrets must not hold a secret twice'],
    [
      'eleven secrets',
      { ...bearer, secrets: Array.from({ length: 11 }, (_, index) => `token-${String(index + 10)}`) },
      'secrets must not hold more than 10 secrets',
    ],
    [
      'a secret that no header carries',
      { mode: 'secret', secrets: ['schlüssel'] },
      'secrets must be printable ASCII: it is sent in a header',
    ],
    [
      'the name of no header',
      { ...bearer, header: 'x key' },
      'header must be the name of an HTTP header, like x-signature',
    ],
    [
      'a key that is no base64',
      { ...HMAC_PLAN, secretIsBase64: true, secrets: ['***-***-***'] },
      'secrets must be base64',
    ],
    [
      'a key of few bytes',
      { ...HMAC_PLAN, secretIsBase64: true, secrets: ['c2hvcnQ='] },
      'secrets must be base64 of 8 bytes or more',
    ],
    [
      'one header for two things',
      { ...HMAC_PLAN, timestampHeader: 'x-SIGNATURE' },
      'timestampHeader must not be a header that holds something else',
    ],
    [
      'no body',
      { ...HMAC_PLAN, payloadFormat: '{timestamp}' },
      'payloadFormat must contain {body}: the signature would hold for any other body',
    ],
    [
      'a timestamp that is not signed',
      { ...HMAC_PLAN, payloadFormat: '{body}' },
      'payloadFormat must contain {timestamp}: one that is not signed can be changed by anybody',
    ],
    [
      'a timestamp that is not sent',
      { ...HMAC_PLAN, timestampHeader: undefined },
      'payloadFormat must not contain {timestamp} while no timestamp is sent',
    ],
    [
      'an unknown placeholder',
      { ...HMAC_PLAN, payloadFormat: '{timestamp}.{Body}.{body}' },
      'payloadFormat must have no placeholders but {body}, {timestamp}, {method}, {url}, {svix-id}; {Body} is none',
    ],
    [
      'a message id that is not sent',
      { ...HMAC_PLAN, payloadFormat: '{svix-id}{timestamp}{body}' },
      'messageIdHeader is needed for {svix-id} in the payload format',
    ],
    [
      'an address that is not known',
      { ...HMAC_PLAN, payloadFormat: '{url}{timestamp}{body}' },
      'url is needed for {url} in the payload format',
    ],
    [
      'a prefix with a line break',
      { ...HMAC_PLAN, signaturePrefix: 'v1\n' },
      'signaturePrefix must be printable ASCII',
    ],
  ])('%s', (_, settings, problem) => {
    expect(webhookAuthProblems(settings).map((p) => `${p.setting} ${p.problem}`)).toEqual([problem]);
    try {
      webhookAuthenticator(settings);
      throw new Error('no error');
    } catch (error) {
      expect(isVapiSettingsError(error)).toBe(true);
      expect((error as Error).message).toBe(problem);
    }
  });

  it.each([
    ['with padding', 'c2VjcmV0LWtleS1vZi1vbGQ='],
    ['without', 'c2VjcmV0LWtleS1vZi1vbGQ'],
    ['of the alphabet for URLs', 'c2VjcmV0_-WtleS1vZi1vbGQ'],
  ])('keys in base64 %s work', (_, key) => {
    expect(webhookAuthProblems({ ...HMAC_PLAN, secretIsBase64: true, secrets: [key] })).toEqual([]);
  });

  it('tells all of them', () => {
    const settings = { ...HMAC_PLAN, secrets: [], payloadFormat: '{url}', signatureHeader: '' };
    expect(webhookAuthProblems(settings).map(({ setting }) => setting)).toEqual([
      'secrets',
      'signatureHeader',
      'payloadFormat',
      'payloadFormat',
      'url',
    ]);
  });
});
