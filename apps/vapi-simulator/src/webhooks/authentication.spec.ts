import { createHmac } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { ScenarioSource } from '../scenario/scenario-source.js';
import { authenticationHeaders } from './authentication.js';

const REQUEST = { method: 'POST', url: 'http://gateway.test/vapi', body: '{"a":1}', epochMs: 1_760_000_000_123 };

function headers(yaml: string): Readonly<Record<string, string>> {
  const { authentication } = new ScenarioSource('spec.yaml', `name: x\nsteps: []\nauthentication: ${yaml}`).forCall(1);
  return authentication === undefined ? {} : authenticationHeaders(authentication, REQUEST);
}

function hmac(algorithm: string, key: string | Buffer, payload: string, encoding: 'hex' | 'base64'): string {
  return createHmac(algorithm, key).update(payload).digest(encoding);
}

describe('authentication of webhooks', () => {
  it('sends the secret, or a bearer token in any header with or without its prefix', () => {
    expect(headers('{ type: none }')).toEqual({});
    expect(headers('{ type: secret, secret: s }')).toEqual({ 'x-vapi-secret': 's' });
    expect(headers('{ type: bearer, token: t }')).toEqual({ Authorization: 'Bearer t' });
    expect(headers('{ type: bearer, token: t, headerName: X-Key, bearerPrefixEnabled: false }')).toEqual({
      'X-Key': 't',
    });
  });

  it('signs with Vapi’s defaults', () => {
    const timestamp = String(REQUEST.epochMs);
    expect(headers('{ type: hmac, secretKey: k }')).toEqual({
      'x-timestamp': timestamp,
      'x-signature': hmac('sha256', 'k', `${timestamp}.${REQUEST.body}`, 'hex'),
    });
  });

  it('signs with every option', () => {
    const signed = headers(`{ type: hmac, secretKey: a2V5, secretIsBase64: true, algorithm: sha512, signatureHeader: S,
      signaturePrefix: "v1=", signatureEncoding: base64, timestampHeader: T, timestampUnit: seconds,
      messageIdHeader: I, payloadFormat: "{svix-id}|{timestamp}|{method}|{url}|{body}|{other}" }`);
    const payload = `${signed['I']}|1760000000|POST|${REQUEST.url}|${REQUEST.body}|{other}`;
    expect(signed).toEqual({
      T: '1760000000',
      I: expect.stringMatching(/^msg_/),
      S: `v1=${hmac('sha512', Buffer.from('key'), payload, 'base64')}`,
    });
  });

  it('signs the body alone without a timestamp', () => {
    expect(headers('{ type: hmac, secretKey: k, includeTimestamp: false }')).toEqual({
      'x-signature': hmac('sha256', 'k', REQUEST.body, 'hex'),
    });
  });
});
