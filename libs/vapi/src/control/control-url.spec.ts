import { describe, expect, it } from '@jest/globals';
import { isVapiSettingsError } from '../vapi-errors.js';
import { checkControlUrl, parseAllowedOrigins } from './control-url.js';
import type { ControlUrlProblem } from './control-url.js';

const ID = '019a9c95-6f2b-7cc1-9f54-1f3a5f0a6c11';
const HOST = 'phone-call-websocket.aws-us-west-2-backend-production2.vapi.ai';
const PATH = `/${ID}/control`;
const SIMULATOR = 'http://127.0.0.1:4100';

describe('checkControlUrl', () => {
  it.each([
    `https://${HOST}${PATH}`,
    `https://aws-us-west-2-production1-phone-call-websocket.vapi.ai${PATH}`,
    `https://control.eu.vapi.ai${PATH}`,
  ])('accepts %s', (url) => {
    expect(checkControlUrl(url, ID, [])).toEqual({ ok: true, url: new URL(url) });
  });

  it.each<[what: string, url: string, problem: ControlUrlProblem]>([
    ['nothing', '', 'not-a-url'],
    ['a path alone', PATH, 'not-a-url'],
    ['angle brackets as in the docs', `<https://${HOST}${PATH}>`, 'not-a-url'],
    ['plain http', `http://${HOST}${PATH}`, 'scheme'],
    ['a web socket', `wss://${HOST}${PATH}`, 'scheme'],
    ['a file', `file:///${ID}/control`, 'scheme'],
    ['a script', `javascript:alert(1)`, 'scheme'],
    ['the bare domain', `https://vapi.ai${PATH}`, 'host'],
    ['a suffix without a label boundary', `https://evilvapi.ai${PATH}`, 'host'],
    ['the domain in the middle', `https://${HOST}.evil.example${PATH}`, 'host'],
    ['the domain as a label', `https://vapi.ai.evil.example${PATH}`, 'host'],
    ['a trailing dot', `https://${HOST}.${PATH}`, 'host'],
    ['an empty label', `https://a..vapi.ai${PATH}`, 'host'],
    ['a label that begins with a hyphen', `https://-a.vapi.ai${PATH}`, 'host'],
    ['another full stop, which is a host of its own', `https://evil。example${PATH}`, 'host'],
    ['another full stop before the domain', `https://a。vapi.ai${PATH}`, 'not-canonical'],
    ['a lookalike letter', `https://a.vаpi.ai${PATH}`, 'host'],
    ['full-width letters', `https://a.ｖapi.ai${PATH}`, 'not-canonical'],
    ['punycode of a lookalike', `https://a.xn--vpi-6cd.ai${PATH}`, 'host'],
    ['an IPv4 address', `https://127.0.0.1${PATH}`, 'host'],
    ['an IPv4 address as a number', `https://2130706433${PATH}`, 'host'],
    ['an IPv6 address', `https://[::1]${PATH}`, 'host'],
    ['the metadata service', `https://169.254.169.254${PATH}`, 'host'],
    ['a user', `https://user@${HOST}${PATH}`, 'user-info'],
    ['a host as the user', `https://${HOST}@evil.example${PATH}`, 'user-info'],
    ['a password alone', `https://:secret@${HOST}${PATH}`, 'user-info'],
    ['a host behind a backslash', `https://evil.example\\@${HOST}${PATH}`, 'host'],
    ['backslashes as slashes', `https:\\\\${HOST}\\${ID}\\control`, 'not-canonical'],
    ['an empty user', `https://@${HOST}${PATH}`, 'not-canonical'],
    ['a port', `https://${HOST}:8443${PATH}`, 'port'],
    ['the default port', `https://${HOST}:443${PATH}`, 'not-canonical'],
    ['a query', `https://${HOST}${PATH}?to=1`, 'query'],
    ['an empty query', `https://${HOST}${PATH}?`, 'not-canonical'],
    ['a fragment', `https://${HOST}${PATH}#x`, 'fragment'],
    ['an empty fragment', `https://${HOST}${PATH}#`, 'not-canonical'],
    ['the path of another call', `https://${HOST}/019a9c95-0000-7cc1-9f54-1f3a5f0a6c11/control`, 'path'],
    ['another path', `https://${HOST}/${ID}/listen`, 'path'],
    ['a longer path', `https://${HOST}${PATH}/x`, 'path'],
    ['a slash at the end', `https://${HOST}${PATH}/`, 'path'],
    ['a prefix', `https://${HOST}/x${PATH}`, 'path'],
    ['a doubled slash', `https://${HOST}/${PATH}`, 'path'],
    ['an encoded slash', `https://${HOST}/${ID}%2Fcontrol`, 'path'],
    ['an encoded letter', `https://${HOST}/${ID}/c%6Fntrol`, 'path'],
    ['dots that cancel out', `https://${HOST}/x/..${PATH}`, 'not-canonical'],
    ['encoded dots that cancel out', `https://${HOST}/x/%2e%2e${PATH}`, 'not-canonical'],
    ['capitals in the host', `https://${HOST.toUpperCase()}${PATH}`, 'not-canonical'],
    ['capitals in the scheme', `HTTPS://${HOST}${PATH}`, 'not-canonical'],
    ['a space before', ` https://${HOST}${PATH}`, 'not-canonical'],
    ['a line break after', `https://${HOST}${PATH}\r\n`, 'not-canonical'],
    ['a tab within', `https://${HOST}/${ID}/con\ttrol`, 'not-canonical'],
    ['a single slash', `https:/${HOST}${PATH}`, 'not-canonical'],
    ['3000 characters', `https://${'a.'.repeat(1500)}vapi.ai${PATH}`, 'too-long'],
  ])('refuses %s', (_what, url, problem) => {
    expect(checkControlUrl(url, ID, [])).toEqual({ ok: false, problem });
    // A listed origin opens no other door.
    expect(checkControlUrl(url, ID, [SIMULATOR])).toEqual({ ok: false, problem });
  });

  it.each(['', '.', '..', '../x', 'a/b', 'a b', 'a%2Fb', 'é', 'a\n', 'x'.repeat(129)])(
    'refuses the call id %j whatever the URL',
    (callId) => {
      expect(checkControlUrl(`https://${HOST}/${callId}/control`, callId, [])).toEqual({
        ok: false,
        problem: 'call-id',
      });
    },
  );

  it('accepts http and a port for a listed origin', () => {
    expect(checkControlUrl(`${SIMULATOR}${PATH}`, ID, [SIMULATOR])).toEqual({
      ok: true,
      url: new URL(`${SIMULATOR}${PATH}`),
    });
  });

  it.each<[url: string, problem: ControlUrlProblem]>([
    [`http://127.0.0.1:4101${PATH}`, 'scheme'],
    [`https://127.0.0.1:4100${PATH}`, 'port'],
    [`http://127.0.0.1:4100/other/control`, 'path'],
    [`http://user@127.0.0.1:4100${PATH}`, 'user-info'],
    [`${SIMULATOR}${PATH}?x`, 'query'],
    [`http://127.1:4100${PATH}`, 'not-canonical'],
  ])('refuses %s beside a listed origin', (url, problem) => {
    expect(checkControlUrl(url, ID, [SIMULATOR])).toEqual({ ok: false, problem });
  });
});

describe('parseAllowedOrigins', () => {
  it('gives origins as URL writes them', () => {
    const given = ['http://LOCALHOST:4100', 'https://vapi.example/', 'https://a.example:443'];
    expect(parseAllowedOrigins(given)).toEqual(['http://localhost:4100', 'https://vapi.example', 'https://a.example']);
  });

  it.each([
    '',
    'localhost:4100',
    'http://a.example/path',
    'http://u:secret@a.example',
    'file:///x',
    'http://a.example?q',
  ])('refuses %j, naming its place and not its value', (text) => {
    const attempt = () => parseAllowedOrigins(['http://a.example', text]);
    expect(attempt).toThrow('allowedOrigins[1] must be scheme, host and port alone');
    expect(attempt).not.toThrow('secret');
    try {
      attempt();
    } catch (error) {
      expect(isVapiSettingsError(error)).toBe(true);
    }
  });
});
