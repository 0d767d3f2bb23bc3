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
      'arguments must not have the property "more"',
      'when must match format "date"',
      'party.size must be integer',
    ]);
    expect(problems.join()).not.toContain('private');
  });

  it('says what may be, where the schema does', () => {
    const strict = new ArgumentValidator({
      type: 'object',
      properties: { size: { enum: ['small', 'large'] }, unit: { const: 'kg' }, code: { enum: ['x'.repeat(300)] } },
      additionalProperties: false,
    });
    expect(strict.problems({ size: 'private', unit: 'private', code: 'private' })).toEqual([
      'size must be one of ["small","large"]',
      'unit must be "kg"',
      'code must be equal to one of the allowed values',
    ]);
    expect(strict.problems({ [`${'y'.repeat(300)}\n`]: 1 })).toEqual(['arguments must NOT have additional properties']);
  });

  it('is not disturbed by another schema with the same id, and refuses a broken one', () => {
    expect(new ArgumentValidator({ $id: 'same', type: 'object' }).problems({})).toEqual([]);
    expect(() => new ArgumentValidator({ type: 'nonsense' })).toThrow();
  });
});
