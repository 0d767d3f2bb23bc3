import { createHmac, timingSafeEqual } from 'node:crypto';

/** Characters of `CALLBACK_SECRET`, which gateways and workers share. */
export const CALLBACK_SECRET_LENGTH = { min: 16, max: 1024 } as const;

/** The tool call that a callback belongs to. */
export interface CallbackSubject {
  readonly callId: string;
  readonly toolCallId: string;
  readonly tool: string;
  /** Milliseconds since the epoch; a callback after it finds nobody who waits. */
  readonly expiresAt: number;
}

/** What a token is worth. */
export type CallbackTokenCheck =
  | { readonly kind: 'valid'; readonly subject: CallbackSubject }
  | { readonly kind: 'forged' }
  | { readonly kind: 'expired'; readonly subject: CallbackSubject };

/**
 * Makes the unguessable part of a callback URL: the tool call and an HMAC-SHA-256 over it, so that any gateway can check
 * it without having seen the job.
 *
 * @param secret `CALLBACK_SECRET`, shared by gateways and workers
 */
export function signCallbackToken(secret: string, { callId, toolCallId, tool, expiresAt }: CallbackSubject): string {
  const payload = Buffer.from(JSON.stringify([callId, toolCallId, tool, expiresAt])).toString('base64url');
  return `${payload}.${mac(secret, payload).toString('base64url')}`;
}

/**
 * Checks a token in constant time.
 *
 * @param now milliseconds since the epoch
 */
export function checkCallbackToken(secret: string, token: string, now: number): CallbackTokenCheck {
  const [payload, signature, ...more] = token.split('.');
  if (payload === undefined || signature === undefined || more.length > 0) return { kind: 'forged' };
  const given = Buffer.from(signature, 'base64url');
  const wanted = mac(secret, payload);
  if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) return { kind: 'forged' };
  // 43 characters hold two bits more than the 256: only one of four spellings is the one that was signed.
  if (given.toString('base64url') !== signature) return { kind: 'forged' };
  const subject = read(payload);
  if (subject === undefined) return { kind: 'forged' };
  return subject.expiresAt < now ? { kind: 'expired', subject } : { kind: 'valid', subject };
}

function mac(secret: string, payload: string): Buffer {
  return createHmac('sha256', secret).update(`interject-callback.v1.${payload}`).digest();
}

function read(payload: string): CallbackSubject | undefined {
  const fields: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
  if (!Array.isArray(fields)) return undefined;
  const [callId, toolCallId, tool, expiresAt] = fields as unknown[];
  if (typeof callId !== 'string' || typeof toolCallId !== 'string' || typeof tool !== 'string') return undefined;
  return typeof expiresAt === 'number' ? { callId, toolCallId, tool, expiresAt } : undefined;
}
