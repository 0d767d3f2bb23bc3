import { describe, expect, it } from '@jest/globals';
import { callbackProblems } from './callback-options.js';

const SECRET = 'a secret of this test';

describe('callbackProblems', () => {
  it('has none without callbacks, or with a URL and a secret', () => {
    expect(callbackProblems(undefined)).toEqual([]);
    expect(callbackProblems({ publicUrl: 'https://a.example/base/', secret: SECRET })).toEqual([]);
    expect(callbackProblems({ publicUrl: 'http://localhost:3000', secret: SECRET })).toEqual([]);
  });

  it.each(['', 'a.example', 'ftp://a.example', 'https://a.example?x=1', 'https://a.example#x'])(
    'refuses %j as the URL of the gateway',
    (publicUrl) => {
      expect(callbackProblems({ publicUrl, secret: SECRET })).toEqual([expect.stringContaining('GATEWAY_PUBLIC_URL')]);
    },
  );

  it('refuses a short secret, and does not tell it', () => {
    const problems = callbackProblems({ publicUrl: 'https://a.example', secret: 'hunter2' });
    expect(problems).toEqual([expect.stringContaining('CALLBACK_SECRET must have at least 16 characters')]);
    expect(problems.join()).not.toContain('hunter2');
  });
});
