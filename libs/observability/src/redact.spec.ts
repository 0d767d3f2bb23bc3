import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isPrivateKey, redact, REDACTED } from './redact.js';

const PRIVATE_KEYS = [
  'controlUrl',
  'control_url',
  'CONTROL-URL',
  'url',
  'authorization',
  'Authorization',
  'secret',
  'webhookSecret',
  'arguments',
  'text',
  'spokenText',
  'transcript',
  'phoneNumber',
  'customerPhoneNumber',
  'content',
  'headers',
  'apiKey',
  'api_key',
  'vapiApiKey',
  'token',
  'bearerToken',
  'body',
  'result',
  'message',
];
const PUBLIC_KEYS = [
  'context',
  'callId',
  'callToken',
  'toolCallId',
  'key',
  'subject',
  'textLength',
  'urlCount',
  'tool',
  'partition',
];

describe('isPrivateKey', () => {
  it.each(PRIVATE_KEYS)('%s is private', (key) => {
    expect(isPrivateKey(key)).toBe(true);
  });

  it.each(PUBLIC_KEYS)('%s is not', (key) => {
    expect(isPrivateKey(key)).toBe(false);
  });
});

describe('redact', () => {
  it('hides private values at any depth, in lists and maps too, whatever their type', () => {
    const fields = {
      callId: 'c1',
      phoneNumber: 491510000,
      hasText: true,
      tool: { name: 'x', arguments: { a: 'private' }, list: [{ text: 'private' }], map: new Map([['url', 'private']]) },
      at: new Date(0),
      link: new URL('https://private.example'),
      bytes: Buffer.from('private'),
      big: 12n,
      none: undefined,
      nothing: null,
    };
    const copy = redact(fields);
    expect(copy).toEqual({
      callId: 'c1',
      phoneNumber: REDACTED,
      hasText: true,
      tool: { name: 'x', arguments: REDACTED, list: [{ text: REDACTED }], map: { url: REDACTED } },
      at: '1970-01-01T00:00:00.000Z',
      link: REDACTED,
      bytes: '[binary, 7 bytes]',
      big: '12',
      none: undefined,
      nothing: null,
    });
    expect(fields.tool.arguments.a).toBe('private');
  });

  it('describes errors without their text', () => {
    expect(JSON.stringify(redact({ reason: new Error('private'), all: [new Error('private')] }))).not.toContain(
      'private',
    );
  });

  it('is bounded in depth, length and number, and ends circles', () => {
    const circle: Record<string, unknown> = {
      many: Array.from({ length: 500 }, (_, i) => i),
      long: 'x'.repeat(100_000),
    };
    circle['self'] = circle;
    circle['wide'] = Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`k${String(i)}`, i]));
    expect(JSON.stringify(redact(circle)).length).toBeLessThan(100_000);
  });

  it('survives a getter that throws', () => {
    const hostile = {
      get broken(): string {
        throw new Error('no');
      },
    };
    expect(redact(hostile)).toEqual({ broken: '[unreadable]' });
  });

  it('never lets a private value through, wherever it stands within the depth bound', () => {
    const path = fc.array(fc.constantFrom('a', 'tool', 'call', 'list'), { maxLength: 8 });
    fc.assert(
      fc.property(path, fc.constantFrom(...PRIVATE_KEYS), (keys, key) => {
        const nested = keys.reduce<object>((inner, k) => (k === 'list' ? { list: [inner] } : { [k]: inner }), {
          [key]: 'PRIVATE',
        });
        expect(JSON.stringify(redact(nested))).not.toContain('PRIVATE');
      }),
    );
  });
});
