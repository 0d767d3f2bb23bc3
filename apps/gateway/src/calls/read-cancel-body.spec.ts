import { describe, expect, it } from '@jest/globals';
import { readCancelBody } from './read-cancel-body.js';

describe('readCancelBody', () => {
  it.each([undefined, null, {}, { reason: null }])('gives a reason to %j', (body) => {
    expect(readCancelBody(body)).toEqual({ ok: true, reason: expect.stringMatching(/backend/) });
  });

  it('takes a reason as it is', () => {
    expect(readCancelBody({ reason: 'withdrawn' })).toEqual({ ok: true, reason: 'withdrawn' });
  });

  it.each([[], 'x', 1, { reason: '' }, { reason: ' ' }, { reason: 7 }, { reason: 'x'.repeat(201) }, { reson: 'x' }])(
    'refuses %j and says what is wanted, not what was sent',
    (body) => {
      const read = readCancelBody(body);
      expect(read).toEqual({ ok: false, problem: expect.stringMatching(/reason/) });
      expect(JSON.stringify(read)).not.toContain('reson');
    },
  );
});
