import { describe, expect, it } from '@jest/globals';
import { loginOf } from './nats-login.js';

const access = { user: 'gateway', password: 'secret' };

describe('loginOf', () => {
  it('logs in as nobody where nobody is named', () => {
    expect(loginOf({ url: 'nats://a:4222, nats://b:4222' })).toEqual({ servers: ['nats://a:4222', 'nats://b:4222'] });
  });

  it('gives each user an inbox of its own, or the one that is asked for', () => {
    const login = { servers: ['nats://a:4222'], user: 'gateway', pass: 'secret' };
    expect(loginOf({ url: 'nats://a:4222', access })).toEqual({ ...login, inboxPrefix: '_INBOX.gateway' });
    const named = { ...access, inboxPrefix: 'replies.gateway' };
    expect(loginOf({ url: 'nats://a:4222', access: named })).toEqual({ ...login, inboxPrefix: 'replies.gateway' });
  });

  it('takes user and password out of a URL, with the inbox that such users have always had', () => {
    expect(loginOf({ url: 'nats://me:p%40ss@a:4222,nats://b:4222' })).toEqual({
      servers: ['nats://a:4222', 'nats://b:4222'],
      user: 'me',
      pass: 'p@ss',
    });
    expect(loginOf({ url: 'tls://me:a:b@a' })).toEqual({ servers: ['tls://a'], user: 'me', pass: 'a:b' });
    expect(loginOf({ url: 'tls://word@a' })).toEqual({ servers: ['tls://a'], token: 'word' });
  });

  it('prefers who is named beside the URL', () => {
    expect(loginOf({ url: 'nats://me:other@a:4222', access })).toMatchObject({ user: 'gateway', pass: 'secret' });
  });
});
