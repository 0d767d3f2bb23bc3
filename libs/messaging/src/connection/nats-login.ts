import type { ConnectionOptions } from 'nats';
import type { MessagingOptions } from '../messaging.options.js';

/** Where to connect, and as whom. */
export type NatsLogin = Pick<ConnectionOptions, 'user' | 'pass' | 'token' | 'inboxPrefix'> & {
  readonly servers: string[];
};

/**
 * The client does not look at user and password (or token) in a URL: they are taken from the first that has them, unless
 * {@link MessagingOptions.access} says as whom.
 */
export function loginOf({ url, access }: Pick<MessagingOptions, 'url' | 'access'>): NatsLogin {
  const parts = url.split(',').map((one) => /^([a-z]+:\/\/)?(?:([^@/]*)@)?(.*)$/i.exec(one.trim()) ?? []);
  const servers = parts.map(([, scheme = '', , host = '']) => `${scheme}${host}`);
  if (access !== undefined) {
    const { user, password: pass, inboxPrefix = `_INBOX.${user}` } = access;
    return { servers, user, pass, inboxPrefix };
  }
  const userInfo = parts.map(([, , info]) => info).find((info) => info !== undefined && info !== '');
  // Not with an inbox of its own: such a user's permissions may have been made without one.
  return { servers, ...(userInfo !== undefined && userOf(userInfo)) };
}

function userOf(info: string): Pick<NatsLogin, 'user' | 'pass' | 'token'> {
  const colon = info.indexOf(':');
  if (colon === -1) return { token: decodeURIComponent(info) };
  return { user: decodeURIComponent(info.slice(0, colon)), pass: decodeURIComponent(info.slice(colon + 1)) };
}
