import { createHmac, randomUUID } from 'node:crypto';
import type { Authentication } from './authentication.types.js';

/** What is signed. */
export interface SignedRequest {
  readonly method: string;
  readonly url: string;
  readonly body: string;
  readonly epochMs: number;
}

/** The headers that authenticate one delivery attempt (VAPI.md 3). */
export function authenticationHeaders(
  authentication: Authentication,
  request: SignedRequest,
): Readonly<Record<string, string>> {
  switch (authentication.type) {
    case 'none':
      return {};
    case 'secret':
      return { 'x-vapi-secret': authentication.secret };
    case 'bearer': {
      const { token, headerName, bearerPrefixEnabled } = authentication;
      return { [headerName]: bearerPrefixEnabled ? `Bearer ${token}` : token };
    }
    case 'hmac':
      return hmacHeaders(authentication, request);
  }
}

function hmacHeaders(
  plan: Authentication & { type: 'hmac' },
  { method, url, body, epochMs }: SignedRequest,
): Readonly<Record<string, string>> {
  const timestamp = String(plan.timestampUnit === 'seconds' ? Math.floor(epochMs / 1_000) : Math.floor(epochMs));
  const messageId = `msg_${randomUUID()}`;
  const values: Readonly<Record<string, string>> = { body, timestamp, method, url, 'svix-id': messageId };
  const payload = plan.payloadFormat.replace(
    /\{([\w-]+)\}/g,
    (placeholder, name: string) => values[name] ?? placeholder,
  );
  const key = plan.secretIsBase64 ? Buffer.from(plan.secretKey, 'base64') : plan.secretKey;
  const signature = createHmac(plan.algorithm, key).update(payload).digest(plan.signatureEncoding);
  return {
    [plan.signatureHeader]: `${plan.signaturePrefix}${signature}`,
    ...(plan.includeTimestamp ? { [plan.timestampHeader]: timestamp } : {}),
    ...(plan.messageIdHeader === undefined ? {} : { [plan.messageIdHeader]: messageId }),
  };
}
