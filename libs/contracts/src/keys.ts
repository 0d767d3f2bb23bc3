import { hash } from 'node:crypto';

const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567';
const KEY_BYTES = 16;

/** @param bytes one character per byte */
function base32(bytes: string): string {
  let out = '';
  let buffer = 0;
  let bits = 0;
  for (let i = 0; i < bytes.length; i += 1) {
    buffer = (buffer << 8) | bytes.charCodeAt(i);
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      out += BASE32.charAt((buffer >>> bits) & 31);
    }
    buffer &= (1 << bits) - 1;
  }
  return bits > 0 ? out + BASE32.charAt((buffer << (5 - bits)) & 31) : out;
}

/**
 * 128 bits of SHA-256 as 26 base32 characters. Parts are framed by their length: ('a','bc') and ('ab','c') differ. In one
 * call and as text: a hash object and a buffer cost three times as much, and every message needs a key.
 */
function token(...parts: string[]): string {
  let framed = '';
  for (const part of parts) framed += `${String(Buffer.byteLength(part))}:${part}`;
  return base32(hash('sha256', framed, 'binary').slice(0, KEY_BYTES));
}

/**
 * Stands for a call id in subjects and KV keys. Foreign ids never enter either: they are opaque strings, and a line
 * break in one makes the NATS client throw.
 */
export function callToken(callId: string): string {
  return token('call', callId);
}

/** Stands for a tool call `(callId, toolCallId)`; also the idempotency key that workers get. */
export function toolCallKey(callId: string, toolCallId: string): string {
  return token('tool-call', callId, toolCallId);
}

/** Stands for an announcement `(callId, id given by its sender)`. */
export function announcementKey(callId: string, announcementId: string): string {
  return token('announcement', callId, announcementId);
}

/**
 * Stands for all tool calls of one kind in a call: of a tool, or of a tool with the same arguments.
 *
 * @param args compared by value: the order of keys does not matter
 */
export function duplicateKey(callId: string, tool: string, args?: Readonly<Record<string, unknown>>): string {
  return token('duplicate', callId, tool, ...(args === undefined ? [] : [canonicalJson(args)]));
}

/** JSON with sorted keys: the same for equal values, however they were written. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
