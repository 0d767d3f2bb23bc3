import { VapiSettingsError } from './vapi-errors.js';

/** DESIGN "Sending": five seconds per request. */
export const DEFAULT_TIMEOUT_MS = 5_000;
const MAX_TIMEOUT_MS = 60_000;

/** What an HTTP header may carry as a bearer token (RFC 6750), with room for keys of other makes. */
const BEARER_TOKEN = /^[\x21-\x7e]{1,4096}$/;

/** @throws VapiSettingsError unless it is 1 to 60,000 ms */
export function checkTimeout(timeoutMs: number): number {
  if (!Number.isInteger(timeoutMs) || timeoutMs < 1 || timeoutMs > MAX_TIMEOUT_MS) {
    throw new VapiSettingsError('timeoutMs', `must be a whole number from 1 to ${String(MAX_TIMEOUT_MS)}`);
  }
  return timeoutMs;
}

/**
 * The `authorization` header for an API key.
 *
 * @throws VapiSettingsError when no header can carry the key, e.g. for a line break at its end
 */
export function bearer(setting: string, key: string): string {
  if (!BEARER_TOKEN.test(key)) {
    throw new VapiSettingsError(setting, 'must be a key without spaces or line breaks');
  }
  return `Bearer ${key}`;
}

/**
 * @returns the base URL without a slash at its end
 * @throws VapiSettingsError unless it is an http(s) URL without user info, query and fragment
 */
export function checkBaseUrl(baseUrl: string): string {
  const url = URL.canParse(baseUrl) ? new URL(baseUrl) : undefined;
  const plain = url !== undefined && url.username === '' && url.password === '' && url.search === '' && url.hash === '';
  if (!plain || (url.protocol !== 'https:' && url.protocol !== 'http:')) {
    throw new VapiSettingsError('baseUrl', 'must be an http or https URL without user info, query and fragment');
  }
  return `${url.origin}${url.pathname}`.replace(/\/+$/, '');
}
