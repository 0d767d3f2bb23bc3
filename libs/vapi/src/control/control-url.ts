import { isPathSafe } from '../call/call-id.js';
import { VapiSettingsError } from '../vapi-errors.js';

export const ControlUrlProblems = [
  'too-long',
  /** The call's id cannot stand in a path, so no URL can be its own. */
  'call-id',
  'not-a-url',
  'scheme',
  'user-info',
  'query',
  'fragment',
  'port',
  'host',
  /** Not exactly `/<callId>/control`. */
  'path',
  /** A URL parser reads it as another text than it is: white space, capitals, backslashes, a default port. */
  'not-canonical',
] as const;
export type ControlUrlProblem = (typeof ControlUrlProblems)[number];

export type ControlUrlCheck =
  { readonly ok: true; readonly url: URL } | { readonly ok: false; readonly problem: ControlUrlProblem };

const MAX_LENGTH = 2048;
/**
 * Labels below vapi.ai, of the lengths that DNS has and in plain ASCII. The cluster names vary and more exist than were seen
 * (VAPI.md 2.1), so they are not pinned.
 */
const VAPI_HOST = /^(?:(?!xn--)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+vapi\.ai$/;
const MAX_HOST_LENGTH = 253;

/** The problem of the URL's address part, given that its origin is not one of the listed ones. */
function problemOfVapiAddress(url: URL): ControlUrlProblem | undefined {
  if (url.protocol !== 'https:') return 'scheme';
  if (url.port !== '') return 'port';
  return url.hostname.length <= MAX_HOST_LENGTH && VAPI_HOST.test(url.hostname) ? undefined : 'host';
}

function problemOf(raw: string, url: URL, callId: string, allowedOrigins: readonly string[]) {
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return 'scheme';
  if (url.username !== '' || url.password !== '') return 'user-info';
  if (url.search !== '') return 'query';
  if (url.hash !== '') return 'fragment';
  const address = allowedOrigins.includes(url.origin) ? undefined : problemOfVapiAddress(url);
  if (address !== undefined) return address;
  if (url.pathname !== `/${callId}/control`) return 'path';
  // What was checked is the parsed URL; the raw one must say the same, or another reader may see another host.
  return raw === url.origin + url.pathname ? undefined : 'not-canonical';
}

/**
 * Decides whether a control URL from a webhook may be used for this call. Whoever can make us POST elsewhere gets
 * what we say, and the key if one is configured.
 *
 * @param allowedOrigins others than Vapi's, as {@link parseAllowedOrigins} gives them; http and ports are legal there
 */
export function checkControlUrl(raw: string, callId: string, allowedOrigins: readonly string[]): ControlUrlCheck {
  if (!isPathSafe(callId)) return { ok: false, problem: 'call-id' };
  if (raw.length > MAX_LENGTH) return { ok: false, problem: 'too-long' };
  if (!URL.canParse(raw)) return { ok: false, problem: 'not-a-url' };
  const url = new URL(raw);
  const problem = problemOf(raw, url, callId, allowedOrigins);
  return problem === undefined ? { ok: true, url } : { ok: false, problem };
}

/**
 * Reads the configured list of further origins, e.g. `http://127.0.0.1:4100`.
 *
 * @returns them as `URL.origin` writes them
 * @throws VapiSettingsError naming the first one (by its position) that is not an origin
 */
export function parseAllowedOrigins(origins: readonly string[]): readonly string[] {
  return origins.map((text, index) => {
    const url = URL.canParse(text) ? new URL(text) : undefined;
    const web = url?.protocol === 'https:' || url?.protocol === 'http:';
    // Compared with and without the slash that URL adds: anything beyond it is no origin.
    if (url === undefined || !web || url.href !== `${url.origin}/`) {
      throw new VapiSettingsError(
        `allowedOrigins[${String(index)}]`,
        'must be scheme, host and port alone, e.g. http://127.0.0.1:4100',
      );
    }
    return url.origin;
  });
}
