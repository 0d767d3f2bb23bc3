import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { isConfigurationError, loadConfigs } from '@interject/runtime';
import type { WebhookAuthSettings } from '@interject/vapi';
import { GatewayConfig } from '../gateway.config.js';
import { WebhookAuthConfig } from './webhook-auth.config.js';

type Env = Readonly<Record<string, string>>;

function settingsOf(env: Env): WebhookAuthSettings {
  return loadConfigs([WebhookAuthConfig], env).get(WebhookAuthConfig).settings;
}

/** The faults, as the operator reads them. */
function faultsOf(env: Env): readonly string[] {
  try {
    loadConfigs([GatewayConfig, WebhookAuthConfig], env);
    return [];
  } catch (error) {
    if (!isConfigurationError(error)) throw error;
    for (const secret of SECRETS) expect(error.message).not.toContain(secret);
    return error.faults.map(({ variable, problem }) => `${variable} ${problem}`);
  }
}

const SECRETS = ['webhook-secret', 'second-secret'] as const;
const SECRET = { VAPI_WEBHOOK_SECRET: SECRETS[0] };
const HMAC = { VAPI_WEBHOOK_AUTH: 'hmac', ...SECRET };
const VAPI_DEFAULTS = {
  mode: 'hmac',
  secrets: [SECRETS[0]],
  algorithm: 'sha256',
  signatureHeader: 'x-signature',
  signaturePrefix: '',
  signatureEncoding: 'hex',
  secretIsBase64: false,
  timestampHeader: 'x-timestamp',
  payloadFormat: '{timestamp}.{body}',
  messageIdHeader: undefined,
  url: undefined,
};

describe('WebhookAuthConfig', () => {
  it.each<[what: string, env: Env, settings: object]>([
    ['none', { VAPI_WEBHOOK_AUTH: 'none' }, { mode: 'none' }],
    ['a secret', { VAPI_WEBHOOK_AUTH: 'secret', ...SECRET }, { mode: 'secret', secrets: [SECRETS[0]] }],
    [
      'several secrets',
      { VAPI_WEBHOOK_AUTH: 'secret', VAPI_WEBHOOK_SECRET: ` ${SECRETS[0]} ,\n\n${SECRETS[1]}\r\n` },
      { mode: 'secret', secrets: SECRETS },
    ],
    [
      'a bearer token',
      { VAPI_WEBHOOK_AUTH: 'bearer', ...SECRET },
      { mode: 'bearer', secrets: [SECRETS[0]], header: 'authorization', prefix: true },
    ],
    [
      'a token in another header',
      {
        VAPI_WEBHOOK_AUTH: 'bearer',
        ...SECRET,
        VAPI_WEBHOOK_BEARER_HEADER: 'X-Key',
        VAPI_WEBHOOK_BEARER_PREFIX: 'false',
      },
      { mode: 'bearer', secrets: [SECRETS[0]], header: 'X-Key', prefix: false },
    ],
    ['HMAC as Vapi has it by default', HMAC, VAPI_DEFAULTS],
    [
      'HMAC without a timestamp',
      { ...HMAC, VAPI_WEBHOOK_HMAC_TIMESTAMP: 'false' },
      { ...VAPI_DEFAULTS, timestampHeader: undefined, payloadFormat: '{body}' },
    ],
    [
      'the address of the gateway in what is signed',
      { ...HMAC, VAPI_WEBHOOK_HMAC_PAYLOAD_FORMAT: '{url}{timestamp}{body}', GATEWAY_PUBLIC_URL: 'https://g.example/' },
      { ...VAPI_DEFAULTS, payloadFormat: '{url}{timestamp}{body}', url: 'https://g.example/vapi/webhook' },
    ],
    [
      'HMAC with every option',
      {
        VAPI_WEBHOOK_AUTH: 'hmac',
        VAPI_WEBHOOK_SECRET: 'c2VjcmV0LWtleS1vZi1vbGQ=,bmV3LXNlY3JldC1rZXktMTIz',
        VAPI_WEBHOOK_HMAC_ALGORITHM: 'sha512',
        VAPI_WEBHOOK_HMAC_SIGNATURE_HEADER: 'svix-signature',
        VAPI_WEBHOOK_HMAC_SIGNATURE_PREFIX: 'v1,',
        VAPI_WEBHOOK_HMAC_ENCODING: 'base64',
        VAPI_WEBHOOK_HMAC_SECRET_BASE64: 'true',
        VAPI_WEBHOOK_HMAC_TIMESTAMP_HEADER: 'svix-timestamp',
        VAPI_WEBHOOK_HMAC_PAYLOAD_FORMAT: '{svix-id}.{timestamp}.{url}.{body}',
        VAPI_WEBHOOK_HMAC_MESSAGE_ID_HEADER: 'svix-id',
        VAPI_WEBHOOK_HMAC_URL: '/vapi/webhook',
      },
      {
        mode: 'hmac',
        secrets: ['c2VjcmV0LWtleS1vZi1vbGQ=', 'bmV3LXNlY3JldC1rZXktMTIz'],
        algorithm: 'sha512',
        signatureHeader: 'svix-signature',
        signaturePrefix: 'v1,',
        signatureEncoding: 'base64',
        secretIsBase64: true,
        timestampHeader: 'svix-timestamp',
        payloadFormat: '{svix-id}.{timestamp}.{url}.{body}',
        messageIdHeader: 'svix-id',
        url: '/vapi/webhook',
      },
    ],
  ])('reads %s', (_, env, settings) => {
    expect(settingsOf(env)).toEqual(settings);
  });

  it('reads a list of secrets from a file', () => {
    const folder = mkdtempSync(join(tmpdir(), 'webhook-auth-'));
    const path = join(folder, 'secrets');
    writeFileSync(path, `${SECRETS.join('\n')}\n`);
    expect(settingsOf({ VAPI_WEBHOOK_AUTH: 'secret', VAPI_WEBHOOK_SECRET_FILE: path })).toMatchObject({
      secrets: SECRETS,
    });
    rmSync(folder, { recursive: true });
  });

  it.each<[what: string, env: Env, faults: readonly (string | RegExp)[]]>([
    ['no mode', {}, [/^VAPI_WEBHOOK_AUTH is not set; it must be 'secret', 'bearer' or 'hmac'.*or 'none'/]],
    ['an unknown mode', { VAPI_WEBHOOK_AUTH: 'jwt', ...SECRET }, [/^VAPI_WEBHOOK_AUTH must be .*\(it is "jwt"\)$/]],
    [
      'no secret',
      { VAPI_WEBHOOK_AUTH: 'hmac', VAPI_WEBHOOK_SECRET: '' },
      ['VAPI_WEBHOOK_SECRET is needed for VAPI_WEBHOOK_AUTH=hmac: set it to what is configured at Vapi'],
    ],
    [
      'a list without a secret',
      { VAPI_WEBHOOK_AUTH: 'secret', VAPI_WEBHOOK_SECRET: ' , ' },
      ['VAPI_WEBHOOK_SECRET must hold a secret'],
    ],
    [
      'a short secret beside a good one',
      { VAPI_WEBHOOK_AUTH: 'secret', VAPI_WEBHOOK_SECRET: `${SECRETS[0]},short` },
      ['VAPI_WEBHOOK_SECRET must have 8 to 1024 characters (number 2 of 2)'],
    ],
    [
      'a secret file that is not there, which is told once',
      { VAPI_WEBHOOK_AUTH: 'secret', VAPI_WEBHOOK_SECRET_FILE: '/nowhere' },
      [/^VAPI_WEBHOOK_SECRET_FILE must be the path of a file that this process can read \(ENOENT\)$/],
    ],
    [
      'options of HMAC in another mode',
      {
        VAPI_WEBHOOK_AUTH: 'secret',
        ...SECRET,
        VAPI_WEBHOOK_HMAC_ALGORITHM: 'sha256',
        VAPI_WEBHOOK_HMAC_TIMESTAMP: 'false',
      },
      [
        'VAPI_WEBHOOK_HMAC_ALGORITHM is an option of VAPI_WEBHOOK_AUTH=hmac, which is secret: take one of them out',
        'VAPI_WEBHOOK_HMAC_TIMESTAMP is an option of VAPI_WEBHOOK_AUTH=hmac, which is secret: take one of them out',
      ],
    ],
    [
      'an option of bearer in another mode',
      { ...HMAC, VAPI_WEBHOOK_BEARER_HEADER: 'x-key' },
      ['VAPI_WEBHOOK_BEARER_HEADER is an option of VAPI_WEBHOOK_AUTH=bearer, which is hmac: take one of them out'],
    ],
    [
      'an unknown algorithm and encoding',
      { ...HMAC, VAPI_WEBHOOK_HMAC_ALGORITHM: 'md5', VAPI_WEBHOOK_HMAC_ENCODING: 'base32' },
      [
        'VAPI_WEBHOOK_HMAC_ALGORITHM must be one of the following values: sha256, sha512, sha1 (it is "md5")',
        'VAPI_WEBHOOK_HMAC_ENCODING must be one of the following values: hex, base64 (it is "base32")',
      ],
    ],
    [
      'a timestamp header that is not read',
      { ...HMAC, VAPI_WEBHOOK_HMAC_TIMESTAMP: 'false', VAPI_WEBHOOK_HMAC_TIMESTAMP_HEADER: 'x-time' },
      ['VAPI_WEBHOOK_HMAC_TIMESTAMP_HEADER has no effect with VAPI_WEBHOOK_HMAC_TIMESTAMP=false: take one of them out'],
    ],
    [
      'everything at once, with the faults of other classes',
      {
        ...HMAC,
        VAPI_WEBHOOK_HMAC_PAYLOAD_FORMAT: '{url}.{id}',
        VAPI_WEBHOOK_HMAC_SECRET_BASE64: 'maybe',
        VAPI_WEBHOOK_HMAC_SIGNATURE_HEADER: 'x signature',
        GATEWAY_PORT: '70000',
      },
      [
        /^GATEWAY_PORT /,
        'VAPI_WEBHOOK_HMAC_SECRET_BASE64 must be true or false (it is "maybe")',
        /^VAPI_WEBHOOK_HMAC_SIGNATURE_HEADER must be the name of an HTTP header/,
        /^VAPI_WEBHOOK_HMAC_PAYLOAD_FORMAT must have no placeholders but .*; \{id\} is none$/,
        /^VAPI_WEBHOOK_HMAC_PAYLOAD_FORMAT must contain \{body\}/,
        /^VAPI_WEBHOOK_HMAC_PAYLOAD_FORMAT must contain \{timestamp\}/,
        'VAPI_WEBHOOK_HMAC_URL is needed for {url} in the payload format',
      ],
    ],
  ])('refuses %s', (_, env, faults) => {
    expect(faultsOf(env)).toEqual(
      faults.map((fault) => (typeof fault === 'string' ? fault : expect.stringMatching(fault))),
    );
  });
});
