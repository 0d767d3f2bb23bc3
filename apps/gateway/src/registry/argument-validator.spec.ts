import { describe, expect, it } from '@jest/globals';
import { ArgumentValidator } from './argument-validator.js';

describe('ArgumentValidator', () => {
  const validator = new ArgumentValidator({
    $id: 'same',
    type: 'object',
    properties: {
      when: { type: 'string', format: 'date' },
      party: { type: 'object', properties: { size: { type: 'integer' } } },
    },
    required: ['when'],
    additionalProperties: false,
  });

  it('accepts what fits and does not change it', () => {
    const args = { when: '2026-11-24', party: { size: 2 } };
    expect(validator.problems(args)).toEqual([]);
    expect(args).toEqual({ when: '2026-11-24', party: { size: 2 } });
  });

  it('names fields, never values', () => {
    const problems = validator.problems({ when: 'private text', party: { size: '2' }, more: 1 });
    expect(problems).toEqual([
      'arguments must NOT have additional properties',
      'when must match format "date"',
      'party.size must be integer',
    ]);
    expect(problems.join()).not.toContain('private');
  });

  it('is not disturbed by another schema with the same id, and refuses a broken one', () => {
    expect(new ArgumentValidator({ $id: 'same', type: 'object' }).problems({})).toEqual([]);
    expect(() => new ArgumentValidator({ type: 'nonsense' })).toThrow();
  });
});
