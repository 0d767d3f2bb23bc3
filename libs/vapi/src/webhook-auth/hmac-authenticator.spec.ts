import { describe, expect, it } from '@jest/globals';
import { AUTH_BODY, AUTH_NOW, HMAC_PLAN, judge, signed } from '../fixtures/signed-webhook.js';
import type { HmacSettings } from '../fixtures/signed-webhook.js';
import type { WebhookRefusal } from './webhook-auth.types.js';
import { webhookAuthenticator } from './webhook-authenticator.js';

function flipped(text: string): string {
  return (text.startsWith('A') ? 'B' : 'A') + text.slice(1);
}

describe('HMAC, what is not a signature', () => {
  const headers = signed(HMAC_PLAN);
  const [signature = ''] = headers['x-signature'] ?? [];
  const base64: HmacSettings = { ...HMAC_PLAN, signatureEncoding: 'base64', signaturePrefix: 'v1=' };
  const [inBase64 = ''] = signed(base64)['x-signature'] ?? [];

  it.each<[what: string, plan: HmacSettings, lines: readonly string[] | undefined, refusal: WebhookRefusal]>([
    ['none', HMAC_PLAN, undefined, 'header-missing'],
    ['an empty one', HMAC_PLAN, [''], 'header-missing'],
    ['the right one twice', HMAC_PLAN, [signature, signature], 'header-repeated'],
    ['a right one behind a wrong one', HMAC_PLAN, [flipped(signature), signature], 'header-repeated'],
    ['one that Node has joined', HMAC_PLAN, [`${signature}, ${signature}`], 'credential-malformed'],
    ['letters that are no hex', HMAC_PLAN, [`g${signature.slice(1)}`], 'credential-malformed'],
    ['an odd number of digits', HMAC_PLAN, [signature.slice(1)], 'credential-malformed'],
    ['half of it', HMAC_PLAN, [signature.slice(32)], 'credential-malformed'],
    ['more of it', HMAC_PLAN, [`${signature}00`], 'credential-malformed'],
    ['a prefix that is not configured', HMAC_PLAN, [`sha256=${signature}`], 'credential-malformed'],
    ['zeros', HMAC_PLAN, ['0'.repeat(64)], 'credential-wrong'],
    ['a flipped digit', HMAC_PLAN, [flipped(signature)], 'credential-wrong'],
    ['a missing prefix', base64, [inBase64.slice(3)], 'credential-malformed'],
    ['the prefix alone', base64, ['v1='], 'credential-malformed'],
    ['the prefix in capitals', base64, [`V1=${inBase64.slice(3)}`], 'credential-malformed'],
    ['base64 without its end', base64, [inBase64.slice(0, -1)], 'credential-malformed'],
    ['base64 of 33 bytes', base64, [`${inBase64.slice(0, -1)}A`], 'credential-malformed'],
    ['base64 with a foreign character', base64, [`v1=*${inBase64.slice(4)}`], 'credential-malformed'],
    ['a flipped letter', base64, [`v1=${flipped(inBase64.slice(3))}`], 'credential-wrong'],
  ])('refuses %s', (_, plan, lines, refusal) => {
    expect(judge(plan, { ...headers, 'x-signature': lines })).toBe(refusal);
  });

  it('takes hex in capitals', () => {
    expect(judge(HMAC_PLAN, { ...headers, 'x-signature': [signature.toUpperCase()] })).toBe('authentic');
  });

  it('takes no header from the prototype of the headers', () => {
    const plan = { ...HMAC_PLAN, signatureHeader: 'constructor' };
    expect(judge(plan, { 'x-timestamp': [String(AUTH_NOW)] })).toBe('header-missing');
  });

  it('signs bytes, not the text they stand for', () => {
    const body = Buffer.from([0x7b, 0xff, 0xfe, 0x7d]);
    const right = signed(HMAC_PLAN, { body });
    expect(judge(HMAC_PLAN, right, body)).toBe('authentic');
    expect(judge(HMAC_PLAN, right, Buffer.from(body.toString('utf8')))).toBe('credential-wrong');
  });
});

describe('HMAC, the timestamp', () => {
  const inSeconds = (ms: number): string => String(Math.floor(ms / 1000));

  it.each<[what: string, timestamp: string, verdict: 'authentic' | WebhookRefusal]>([
    ['just now', String(AUTH_NOW), 'authentic'],
    ['with a fraction', `${String(AUTH_NOW)}.5`, 'authentic'],
    ['in seconds with a fraction', (AUTH_NOW / 1000).toFixed(3), 'authentic'],
    ['5 minutes old', String(AUTH_NOW - 300_000), 'authentic'],
    ['5 minutes old in seconds', inSeconds(AUTH_NOW - 299_000), 'authentic'],
    ['5 minutes ahead', String(AUTH_NOW + 300_000), 'authentic'],
    ['5 minutes ahead in seconds', inSeconds(AUTH_NOW + 300_000), 'authentic'],
    ['a moment older', String(AUTH_NOW - 300_001), 'timestamp-stale'],
    ['older in seconds', inSeconds(AUTH_NOW - 301_000), 'timestamp-stale'],
    ['a moment more ahead', String(AUTH_NOW + 300_001), 'timestamp-future'],
    ['more ahead in seconds', inSeconds(AUTH_NOW + 302_000), 'timestamp-future'],
    ['the beginning of time', '0', 'timestamp-stale'],
    ['the year 2286', '10000000000000', 'timestamp-future'],
    ['negative', '-1', 'timestamp-malformed'],
    ['a date', '2026-09-21T13:33:20Z', 'timestamp-malformed'],
    ['hexadecimal', '0x1a0c5d2f', 'timestamp-malformed'],
    ['with an exponent', '1.79e12', 'timestamp-malformed'],
    ['too long', '9'.repeat(15), 'timestamp-malformed'],
    ['not a number', 'NaN', 'timestamp-malformed'],
    ['with a blank', `${String(AUTH_NOW)} 1`, 'timestamp-malformed'],
  ])('%s', (_, timestamp, verdict) => {
    expect(judge(HMAC_PLAN, signed(HMAC_PLAN, { timestamp }))).toBe(verdict);
  });

  it('has to be there, once', () => {
    const headers = signed(HMAC_PLAN);
    expect(judge(HMAC_PLAN, { ...headers, 'x-timestamp': undefined })).toBe('header-missing');
    expect(judge(HMAC_PLAN, { ...headers, 'x-timestamp': [String(AUTH_NOW), String(AUTH_NOW)] })).toBe(
      'header-repeated',
    );
  });

  it('of a repeat is taken for as long as it is fresh', () => {
    const headers = signed(HMAC_PLAN);
    const later = (ms: number) => judge(HMAC_PLAN, headers, AUTH_BODY, AUTH_NOW + ms);
    expect([later(0), later(1), later(300_000), later(300_001)]).toEqual([
      'authentic',
      'authentic',
      'authentic',
      'timestamp-stale',
    ]);
  });

  it('tells its age when it is refused', () => {
    const authenticator = webhookAuthenticator(HMAC_PLAN);
    const head = (ms: number) => ({ method: 'POST', headers: signed(HMAC_PLAN, { timestamp: String(AUTH_NOW + ms) }) });
    expect(authenticator.checkHead(head(-400_000), AUTH_NOW)).toEqual({
      kind: 'refused',
      reason: 'timestamp-stale',
      ageMs: 400_000,
    });
    expect(authenticator.checkHead(head(400_000), AUTH_NOW)).toMatchObject({ ageMs: -400_000 });
  });
});
