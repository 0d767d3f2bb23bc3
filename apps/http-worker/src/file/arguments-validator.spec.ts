import { describe, expect, it } from '@jest/globals';
import { argumentsValidator } from './arguments-validator.js';

const object = (properties: object, more: object = {}) => ({ type: 'object', properties, ...more });

describe('argumentsValidator', () => {
  it('tells what does not fit, by its path and without its value', () => {
    const { validate } = argumentsValidator(object({ items: { type: 'array', items: { type: 'integer' } } }));
    expect(validate?.({ items: [1] })).toEqual([]);
    expect(validate?.({ items: [1, 'secret'] })).toEqual([{ field: 'items.1', problem: 'must be integer' }]);
  });

  it('keeps apart what schemas of different tools call the same', () => {
    const shared = (type: string) =>
      object(
        { a: { $ref: 'https://x.example/part' } },
        { $id: 'https://x.example/tool', $defs: { part: { $id: '/part', type } } },
      );
    const [first, second] = [argumentsValidator(shared('string')), argumentsValidator(shared('integer'))];
    expect([first.problems, second.problems]).toEqual([[], []]);
    expect(first.validate?.({ a: 'x' })).toEqual([]);
    expect(second.validate?.({ a: 'x' })).toEqual([{ field: 'a', problem: 'must be integer' }]);
    // Nor does a check of a file leave anything behind for the next one.
    expect(argumentsValidator(shared('string')).problems).toEqual([]);
  });

  it.each([
    [{ type: 'string' }, 'must be the JSON Schema of an object'],
    [object({ a: { type: 'text' } }), 'is no valid JSON Schema: schema is invalid: data/properties/a/type'],
    [object({ a: { minimum: 'x' } }), 'is no valid JSON Schema: schema is invalid: data/properties/a/minimum'],
    [object({ a: { $ref: '#/nowhere' } }), "is no valid JSON Schema: can't resolve reference #/nowhere"],
    [object({}, { $schema: 'https://x.example/none' }), 'is no valid JSON Schema: no schema with key or ref'],
  ])('refuses %j', (schema, problem) => {
    const { validate, problems } = argumentsValidator(schema);
    expect(validate).toBeUndefined();
    expect(problems).toEqual([{ field: 'parameters', problem: expect.stringContaining(problem) }]);
  });
});
