import { ValidateBy } from 'class-validator';

const WANTED =
  'must be a URL like https://interject.example.com: https (http for this machine or a container network), without user, query or #';
/** This machine, or a name without a dot, which the internet has not: of a container in the same network. */
const INTERNAL = /^(?:[a-z0-9-]+|.+\.localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/**
 * For a variable that tells where others reach us over the internet: secrets travel there, so it has to be https, unless
 * it does not leave this machine or its container network. A path is allowed, for a reverse proxy.
 */
export function IsPublicUrl(): PropertyDecorator {
  return ValidateBy({
    name: 'isPublicUrl',
    validator: { validate: (value) => typeof value === 'string' && isPublicUrl(value), defaultMessage: () => WANTED },
  });
}

function isPublicUrl(text: string): boolean {
  // Also what parsers forgive: a blank at the end, or an empty query.
  if (!URL.canParse(text) || /[\s?#]/.test(text)) return false;
  const { protocol, hostname, username, password } = new URL(text);
  if (username !== '' || password !== '' || hostname === '') return false;
  return protocol === 'https:' || (protocol === 'http:' && INTERNAL.test(hostname));
}
