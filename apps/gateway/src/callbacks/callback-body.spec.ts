import { describe, expect, it } from '@jest/globals';
import { callbackBodyKind, readCallback } from './callback-body.js';
import type { CallbackBodyKind } from './callback-body.js';

describe('callbackBodyKind', () => {
  it.each<[Record<string, string>, CallbackBodyKind]>([
    [{}, 'none'],
    [{ 'content-length': '0', 'content-type': 'application/json' }, 'none'],
    [{ 'content-length': '0', 'content-type': 'application/x-www-form-urlencoded' }, 'none'],
    [{ 'content-length': '2', 'content-type': 'Application/JSON; charset=utf-8' }, 'json'],
    [{ 'content-length': '2', 'content-type': 'application/vnd.api+json' }, 'json'],
    [{ 'content-length': '2' }, 'json'],
    [{ 'transfer-encoding': 'chunked' }, 'json'],
    [{ 'content-length': '2', 'content-type': 'text/plain; charset=utf-8' }, 'text'],
    [{ 'content-length': '2', 'content-type': 'application/x-www-form-urlencoded' }, 'refused'],
    [{ 'transfer-encoding': 'chunked', 'content-type': 'multipart/form-data; boundary=x' }, 'refused'],
    [{ 'content-length': '2', 'content-type': 'text/xml' }, 'refused'],
    [{ 'content-length': 'x', 'content-type': 'text/xml' }, 'refused'],
  ])('%j is %s', (headers, kind) => {
    expect(callbackBodyKind(headers)).toBe(kind);
  });
});

describe('readCallback', () => {
  it.each([undefined, null, ''])('takes %j for no data', (body) => {
    expect(readCallback(body)).toEqual({ ok: true });
  });

  it.each([{ a: 1 }, ['x'], 'text', 0, false])('takes %j as it is', (body) => {
    expect(readCallback(body)).toEqual({ ok: true, data: body });
  });

  it('bounds depth and size, whatever form the size comes in', () => {
    const nested = (depth: number): unknown => JSON.parse('['.repeat(depth) + ']'.repeat(depth));
    expect(readCallback(nested(64)).ok).toBe(true);
    expect(readCallback(nested(66))).toEqual({ ok: false, problem: 'too-deep' });
    expect(readCallback(nested(100_000))).toEqual({ ok: false, problem: 'too-deep' });
    expect(readCallback('x'.repeat(256 * 1024 - 2)).ok).toBe(true);
    expect(readCallback('x'.repeat(256 * 1024 - 1))).toEqual({ ok: false, problem: 'too-large' });
    expect(readCallback('\u0001'.repeat(100_000))).toEqual({ ok: false, problem: 'too-large' });
  });
});
