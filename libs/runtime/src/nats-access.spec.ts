import { describe, expect, it } from '@jest/globals';
import { natsAccess, natsAccessProblems } from './nats-access.js';

describe('the user of NATS', () => {
  it('is nobody where none is named', () => {
    expect(natsAccess({})).toBeUndefined();
    expect(natsAccessProblems({})).toEqual([]);
  });

  it('has a password, and its own inbox or the one that is set', () => {
    const settings = { natsUser: 'gateway', natsPassword: 'secret' };
    expect(natsAccess(settings)).toEqual({ user: 'gateway', password: 'secret' });
    expect(natsAccess({ ...settings, natsInboxPrefix: 'replies' })).toMatchObject({ inboxPrefix: 'replies' });
    expect(natsAccessProblems(settings)).toEqual([]);
  });

  it.each([
    [{ natsUser: 'gateway' }, 'NATS_PASSWORD must be set'],
    [{ natsPassword: 'secret' }, 'NATS_USER must be set'],
  ])('is not half set: %j', (settings, problem) => {
    expect(natsAccessProblems(settings)).toEqual([expect.stringContaining(problem)]);
  });
});
