import { describe, expect, it } from '@jest/globals';
import { CallerTools } from './caller-tools.js';
import { strictParameters } from './strict-parameters.js';

const closed = { additionalProperties: false } as const;

function ofProperty(schema: object) {
  const { parameters, isStrict, looseness } = strictParameters({
    type: 'object',
    properties: { it: schema },
    required: ['it'],
    additionalProperties: false,
  });
  return { schema: parameters.properties['it'], isStrict, looseness };
}

describe('strictParameters', () => {
  it('passes on what Vapi knows, closed at every level', () => {
    const schema = {
      type: 'object',
      properties: {
        region: { type: 'string', title: 'Region', description: 'The region.', enum: ['north', 'south'] },
        day: { type: 'string', format: 'date' },
        reference: { type: 'string', pattern: '^[A-Z]{2}\\d+$' },
        guests: {
          type: 'array',
          items: {
            type: 'object',
            properties: { age: { type: 'integer' } },
            required: ['age'],
            additionalProperties: false,
          },
        },
        isGift: { type: 'boolean' },
      },
      required: ['region', 'day', 'reference', 'guests', 'isGift'],
      additionalProperties: false,
    };
    expect(strictParameters(schema)).toEqual({ parameters: schema, isStrict: true, looseness: [] });
  });

  it('leaves the tools that the gateway answers as they are', () => {
    for (const { parameters } of Object.values(CallerTools)) {
      expect(strictParameters(parameters)).toEqual({ parameters, isStrict: true, looseness: [] });
    }
  });

  it('is not strict with an optional property, says so, and leaves out what only strict mode wants', () => {
    const { parameters, isStrict, looseness } = strictParameters({
      type: 'object',
      properties: { region: { type: 'string' }, day: { type: 'string' } },
      required: ['region'],
      ...closed,
    });
    expect(isStrict).toBe(false);
    expect(parameters).toEqual({
      type: 'object',
      properties: { region: { type: 'string' }, day: { type: 'string' } },
      required: ['region'],
    });
    expect(looseness).toEqual(['day: is optional: strict mode wants every property to be required']);
  });

  it('hides static arguments: they are no optional properties either', () => {
    const { parameters, isStrict } = strictParameters(
      {
        type: 'object',
        properties: { region: { type: 'string' }, phone: { type: 'string' } },
        required: ['region', 'phone'],
        ...closed,
      },
      { phone: '{{ customer.number }}' },
    );
    expect(isStrict).toBe(true);
    expect(parameters).toEqual({
      type: 'object',
      properties: { region: { type: 'string' } },
      required: ['region'],
      ...closed,
    });
  });

  it.each([
    [{ type: 'string', description: 'The region', minLength: 1, maxLength: 80 }, 'The region. 1 to 80 characters.'],
    [{ type: 'string', description: 'The region.', maxLength: 80 }, 'The region. At most 80 characters.'],
    [{ type: 'string', minLength: 3 }, 'At least 3 characters.'],
    [{ type: 'string', minLength: 3, maxLength: 3 }, 'Exactly 3 characters.'],
    [{ type: 'integer', minimum: 0, maximum: 120 }, '0 to 120.'],
    [{ type: 'number', exclusiveMinimum: 0, multipleOf: 0.5 }, 'More than 0, a multiple of 0.5.'],
    [{ type: 'array', items: { type: 'string' }, maxItems: 9, uniqueItems: true }, 'At most 9 items, no repeats.'],
    [{ type: 'integer', enum: [1, 2] }, 'One of 1, 2.'],
    [{ type: 'string', format: 'uri' }, 'Format uri.'],
    [{ type: 'string', pattern: '^(?!x)' }, 'Matches ^(?!x).'],
  ])('says what Vapi has no word for, and that it is looser: %j', (schema, description) => {
    const told = ofProperty(schema);
    expect(told.schema?.description).toBe(description);
    expect(told.isStrict).toBe(true);
    expect(told.looseness).not.toEqual([]);
    const known = ['type', 'description', 'items', 'enum', 'pattern', 'format'];
    expect(known).toEqual(expect.arrayContaining(Object.keys(told.schema ?? {})));
  });

  it('says a default and an example', () => {
    const { schema, looseness } = ofProperty({ type: 'string', default: 'north', examples: ['south'] });
    expect(schema).toEqual({ type: 'string', description: 'Default "north", e.g. "south".' });
    expect(looseness).toEqual([]);
  });

  it.each([
    [{ type: ['string', 'null'] }, { type: 'string' }, 'it: null is not offered'],
    [{ anyOf: [{ type: 'integer' }, { type: 'null' }] }, { type: 'integer' }, 'it: null is not offered'],
    [{ type: ['integer', 'string'] }, { type: 'integer' }, 'it: only integer is offered of its types'],
    [
      { oneOf: [{ type: 'boolean' }, { type: 'string' }] },
      { type: 'boolean' },
      'it: only the first of 2 alternatives is offered (oneOf)',
    ],
    [{}, { type: 'string' }, 'it: has no type: a text is offered'],
    [{ type: 'string', not: { enum: ['x'] } }, { type: 'string' }, 'it: not cannot be told to the model'],
    [{ type: 'string', enum: ['a', 1] }, { type: 'string', enum: ['a'] }, 'it: only its texts are offered'],
  ])('offers one valid choice of %j', (schema, offered, note) => {
    expect(ofProperty(schema)).toEqual({ schema: offered, isStrict: true, looseness: [note] });
  });

  it.each([
    [{ const: 'north' }, { type: 'string', enum: ['north'] }],
    [{ anyOf: [{ const: 'a' }, { const: 'b' }] }, { type: 'string', enum: ['a', 'b'] }],
    [{ enum: ['a', 'b'] }, { type: 'string', enum: ['a', 'b'] }],
  ])('writes %j as an enum', (schema, offered) => {
    expect(ofProperty(schema)).toEqual({ schema: offered, isStrict: true, looseness: [] });
  });

  it('follows references, and puts together what belongs together', () => {
    const city = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] };
    const { parameters, looseness } = strictParameters({
      type: 'object',
      properties: { address: { allOf: [{ $ref: '#/$defs/City' }, { properties: { zip: { type: 'string' } } }] } },
      required: ['address'],
      $defs: { City: city },
    });
    expect(parameters.properties['address']).toEqual({
      type: 'object',
      properties: { city: { type: 'string' }, zip: { type: 'string' } },
      required: ['city'],
    });
    expect(looseness).toEqual(['address.zip: is optional: strict mode wants every property to be required']);
  });

  it('ends for a schema that contains itself', () => {
    const { isStrict, looseness } = strictParameters({
      $ref: '#/$defs/Tree',
      $defs: { Tree: { type: 'object', properties: { child: { $ref: '#/$defs/Tree' } }, required: ['child'] } },
    });
    expect(isStrict).toBe(false);
    expect(looseness.at(-1)).toMatch(/^child\.child.* is cut off/);
    const loop = strictParameters({ type: 'object', properties: { a: { $ref: '#/properties/a' } } });
    expect(loop.parameters.properties['a']).toEqual({ type: 'string' });
  });

  it.each([
    [{ type: 'object', additionalProperties: { type: 'string' } }],
    [{ type: 'object' }],
    [{ type: 'object', properties: { a: { type: 'string' } }, required: ['a'], additionalProperties: true }],
  ])('is not strict with properties of any name: %j', (schema) => {
    const { isStrict, looseness } = ofProperty(schema);
    expect(isStrict).toBe(false);
    expect(looseness).toEqual(['it: takes properties of any name: strict mode wants all of them named']);
  });

  it('is not strict beyond the limits of strict mode', () => {
    const names = Array.from({ length: 101 }, (_, i) => `p${String(i)}`);
    const properties = Object.fromEntries(names.map((name) => [name, { type: 'string' }]));
    const { isStrict, looseness } = strictParameters({ type: 'object', properties, required: names });
    expect({ isStrict, looseness }).toEqual({
      isStrict: false,
      looseness: ['arguments: brings it over 100 properties'],
    });
  });
});
