import { randomBytes, randomUUID } from 'node:crypto';
import type { IdStyle } from '../scenario/shape.types.js';

/** A new opaque tool call id in one of the styles that were seen (VAPI.md 1.2). */
export function newToolCallId(style: IdStyle): string {
  switch (style) {
    case 'openai':
      return `call_${token(24)}`;
    case 'anthropic':
      return `toolu_01${token(22)}`;
    case 'short':
      return `call_${token(4).toLowerCase()}`;
    case 'uuid':
      return randomUUID();
    case 'hostile':
      // What must never reach a subject, a key or a header as it is.
      return `call.*.>\r\nNats-Rollup: all ${token(12)} \u00e9`;
  }
}

function token(length: number): string {
  return randomBytes(length).toString('base64').replace(/[+/=]/g, 'x').slice(0, length);
}
