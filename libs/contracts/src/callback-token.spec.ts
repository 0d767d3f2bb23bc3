import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { checkCallbackToken, signCallbackToken } from './callback-token.js';

const SECRET = 'a secret of this test';
const subject = { callId: 'call-1', toolCallId: 'tool-call-1', tool: 'build_report', expiresAt: 1000 };

describe('callback tokens', () => {
  it('bring back the tool call they were made for, whatever its ids are', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.string(), fc.nat(), (callId, toolCallId, tool, expiresAt) => {
        const made = { callId, toolCallId, tool, expiresAt };
        const token = signCallbackToken(SECRET, made);
        expect(token).toMatch(/^[\w-]+\.[\w-]+$/);
        expect(checkCallbackToken(SECRET, token, expiresAt)).toEqual({ kind: 'valid', subject: made });
      }),
    );
  });

  it('tell a late callback from a forged one', () => {
    const token = signCallbackToken(SECRET, subject);
    expect(checkCallbackToken(SECRET, token, 1001)).toEqual({ kind: 'expired', subject });
    expect(checkCallbackToken('another secret', token, 0)).toEqual({ kind: 'forged' });
  });

  it('have one spelling: the spare bits of the last character count too', () => {
    const token = signCallbackToken(SECRET, subject);
    const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    const valid = [...letters].filter((letter) => {
      return checkCallbackToken(SECRET, `${token.slice(0, -1)}${letter}`, 0).kind === 'valid';
    });
    expect(valid).toEqual([token.at(-1)]);
  });

  it('refuse whatever was changed', () => {
    const token = signCallbackToken(SECRET, subject);
    const other = signCallbackToken(SECRET, { ...subject, callId: 'call-2' });
    const [payload, signature] = token.split('.');
    for (const forged of ['', '.', token.slice(0, -2), `${token}.x`, `${payload ?? ''}.`, `.${signature ?? ''}`]) {
      expect(checkCallbackToken(SECRET, forged, 0)).toEqual({ kind: 'forged' });
    }
    expect(checkCallbackToken(SECRET, `${other.split('.')[0] ?? ''}.${signature ?? ''}`, 0)).toEqual({
      kind: 'forged',
    });
  });
});
