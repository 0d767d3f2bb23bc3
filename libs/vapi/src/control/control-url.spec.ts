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
    `https://${'a'.repeat(63)}.vapi.ai${PATH}`,
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
    ['a name for this machine', `https://localhost${PATH}`, 'host'],
    ['a name of a cloud', `https://metadata.google.internal${PATH}`, 'host'],
    ['a name that stands for an address', `https://127.0.0.1.nip.io${PATH}`, 'host'],
    ['the domain in front of a local one', `https://vapi.ai.local${PATH}`, 'host'],
    ['a hyphen in place of a full stop', `https://a-vapi.ai${PATH}`, 'host'],
    ['a label that ends with a hyphen', `https://a-.vapi.ai${PATH}`, 'host'],
    ['a label of 64 characters', `https://${'a'.repeat(64)}.vapi.ai${PATH}`, 'host'],
    ['a host of 255 characters', `https://${'ab.'.repeat(82)}a.vapi.ai${PATH}`, 'host'],
    ['an underscore', `https://a_b.vapi.ai${PATH}`, 'host'],
    ['a wildcard', `https://*.vapi.ai${PATH}`, 'host'],
    ['a comma', `https://evil.example,a.vapi.ai${PATH}`, 'host'],
    ['a semicolon', `https://evil.example;.vapi.ai${PATH}`, 'host'],
    ['a private address', `https://10.0.0.1${PATH}`, 'host'],
    ['another private address', `https://172.16.0.1${PATH}`, 'host'],
    ['one more private address', `https://192.168.0.1${PATH}`, 'host'],
    ['the address of nothing', `https://0${PATH}`, 'host'],
    ['a short IPv4 address', `https://127.1${PATH}`, 'host'],
    ['an octal IPv4 address', `https://0177.0.0.1${PATH}`, 'host'],
    ['a hexadecimal IPv4 address', `https://0x7f.0.0.1${PATH}`, 'host'],
    ['an IPv4 address as a hexadecimal number', `https://0x7f000001${PATH}`, 'host'],
    ['an IPv4 address with a full stop', `https://127.0.0.1.${PATH}`, 'host'],
    ['an IPv4 address in IPv6', `https://[::ffff:127.0.0.1]${PATH}`, 'host'],
    ['an IPv4 address behind NAT64', `https://[64:ff9b::7f00:1]${PATH}`, 'host'],
    ['a link-local IPv6 address', `https://[fe80::1]${PATH}`, 'host'],
    ['a private IPv6 address', `https://[fd00::1]${PATH}`, 'host'],
    ['an IPv6 address with a zone', `https://[fe80::1%25eth0]${PATH}`, 'not-a-url'],
    ['punycode below the domain', `https://xn--strae-oqa.vapi.ai${PATH}`, 'host'],
    ['letters that become others', `https://straße.vapi.ai${PATH}`, 'host'],
    ['a ligature', `https://aﬁ.vapi.ai${PATH}`, 'not-canonical'],
    ['a letter in a circle', `https://a.ⓥapi.ai${PATH}`, 'not-canonical'],
    ['a soft hyphen', `https://a.va\u00adpi.ai${PATH}`, 'not-canonical'],
    ['a joiner without width', `https://a.va\u200dpi.ai${PATH}`, 'not-a-url'],
    ['a change of direction', `https://\u202ea.vapi.ai${PATH}`, 'not-a-url'],
    ['a slash look-alike after another host', `https://evil.example\u2044.vapi.ai${PATH}`, 'host'],
    ['a full-width slash after another host', `https://evil.example／.vapi.ai${PATH}`, 'not-a-url'],
    ['a letter that has a slash in it', `https://evil.example℀.vapi.ai${PATH}`, 'not-a-url'],
    ['an encoded full stop in the host', `https://a%2Evapi.ai${PATH}`, 'not-canonical'],
    ['an encoded slash in the host', `https://evil.example%2F.vapi.ai${PATH}`, 'not-a-url'],
    ['an encoded at sign in the host', `https://evil.example%40a.vapi.ai${PATH}`, 'not-a-url'],
    ['a fragment in the host', `https://evil.example#.vapi.ai${PATH}`, 'fragment'],
    ['a query in the host', `https://evil.example?.vapi.ai${PATH}`, 'query'],
    ['a backslash after the host', `https://${HOST}\\.evil.example${PATH}`, 'path'],
    ['a null character in the host', `https://evil.example\0.vapi.ai${PATH}`, 'not-a-url'],
    ['a line break in the host', `https://a\n.vapi.ai${PATH}`, 'not-canonical'],
    ['a space in the host', `https://a .vapi.ai${PATH}`, 'not-a-url'],
    ['port 0', `https://${HOST}:0${PATH}`, 'port'],
    ['an empty port', `https://${HOST}:${PATH}`, 'not-canonical'],
    ['a port that is none', `https://${HOST}:99999${PATH}`, 'not-a-url'],
    ['http on the port of https', `http://${HOST}:443${PATH}`, 'scheme'],
    ['a user and an address', `https://${HOST}:x@127.0.0.1${PATH}`, 'user-info'],
    ['no path', `https://${HOST}`, 'path'],
    ['an empty path', `https://${HOST}/`, 'path'],
    ['the call alone', `https://${HOST}/${ID}`, 'path'],
    ['the call in capitals', `https://${HOST}/${ID.toUpperCase()}/control`, 'path'],
    ['a parameter of the path', `https://${HOST}/${ID};x=1/control`, 'path'],
    ['a slash that is encoded twice', `https://${HOST}/${ID}%252Fcontrol`, 'path'],
    ['a null character in the path', `https://${HOST}${PATH}\0`, 'not-canonical'],
    ['an encoded null character', `https://${HOST}${PATH}%00`, 'path'],
    ['a control character', `https://${HOST}${PATH}\x7f`, 'path'],
    ['half a character', `https://${HOST}${PATH}\ud800`, 'path'],
    ['a dot in the path', `https://${HOST}/${ID}/./control`, 'not-canonical'],
    ['a control character in front', `\x0bhttps://${HOST}${PATH}`, 'not-canonical'],
    ['a byte order mark', `\ufeffhttps://${HOST}${PATH}`, 'not-a-url'],
    ['a tab in the scheme', `ht\ttps://${HOST}${PATH}`, 'not-canonical'],
    ['no scheme', `//${HOST}${PATH}`, 'not-a-url'],
    ['three slashes', `https:///${HOST}${PATH}`, 'not-canonical'],
    ['no slashes', `https:${HOST}${PATH}`, 'not-canonical'],
    ['a URL in a URL', `blob:https://${HOST}${PATH}`, 'scheme'],
    ['two URLs', `https://${HOST}${PATH},https://evil.example${PATH}`, 'path'],
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
