import { describe, expect, it } from '@jest/globals';
import type { JsonObject } from '../scenario/json.types.js';
import { degradations, isStrict } from './degradations.js';

const STRICT: JsonObject = {
  type: 'object',
  properties: { region: { type: 'string' } },
  required: ['region'],
  additionalProperties: false,
};

function tool(definition: JsonObject, more: JsonObject = {}): JsonObject {
  return { type: 'function', function: { name: 'a', ...definition }, ...more };
}

const codes = (given: JsonObject, sent?: JsonObject): readonly string[] =>
  degradations(given, sent).map(({ code, path }) => `${code} ${path}`);

describe('what Vapi silently does not do', () => {
  it('is nothing for a tool in order', () => {
    const messages = [{ type: 'request-complete', content: 'On it.' }];
    expect(
      codes(tool({ description: 'x'.repeat(1_000), parameters: STRICT, strict: true }, { async: true, messages })),
    ).toEqual([]);
  });

  it('is a description over 1000 characters', () => {
    expect(codes(tool({ description: 'x'.repeat(1_001) }))).toEqual(['description-too-long function.description']);
  });

  it.each<[string, JsonObject]>([
    ['function.parameters: additionalProperties is not false', { ...STRICT, additionalProperties: true }],
    ['function.parameters: region is not required', { ...STRICT, required: [] }],
    [
      'function.parameters.properties.list.items: additionalProperties is not false',
      {
        ...STRICT,
        required: ['list'],
        properties: { list: { type: 'array', items: { type: 'object', properties: {}, required: [] } } },
      },
    ],
    [
      'function.parameters.properties.one.anyOf.0: b is not required',
      {
        ...STRICT,
        required: ['one'],
        properties: {
          one: {
            type: 'object',
            properties: {},
            additionalProperties: false,
            anyOf: [{ ...STRICT, properties: { b: { type: 'string' } } }],
          },
        },
      },
    ],
  ])('is strict mode for a schema that is not strict: %s', (detail, parameters) => {
    const given = tool({ parameters, strict: true });
    expect(degradations(given)).toContainEqual({ code: 'strict-turned-off', path: 'function.strict', detail });
    expect(isStrict(given)).toBe(false);
    expect(codes(tool({ parameters }))).not.toContain('strict-turned-off function.strict');
  });

  it('is not strict mode for a schema that is', () => {
    expect(isStrict(tool({ parameters: STRICT, strict: true }))).toBe(true);
    expect(isStrict(tool({ parameters: STRICT }))).toBe(false);
  });

  it('is a keyword of JSON Schema that the typings do not have, at any depth', () => {
    const properties = { region: { type: 'array', items: { type: 'string', minLength: 1 } } };
    expect(codes(tool({ parameters: { ...STRICT, properties } }))).toEqual([
      'schema-keyword-unknown function.parameters.properties.region.items.minLength',
    ]);
  });

  it('is any message of an async tool but request-complete', () => {
    const messages = [{ type: 'request-start' }, { type: 'request-complete' }, { type: 'request-failed' }];
    expect(codes(tool({}, { async: true, messages }))).toEqual([
      'message-never-played messages.0.type',
      'message-never-played messages.2.type',
    ]);
    expect(codes(tool({}, { async: false, messages }))).toEqual([]);
  });

  it('is a message whose type is misspelt', () => {
    const stored = tool({}, { messages: [{ type: 'request-failed', content: 'Done.' }] });
    expect(codes(stored, { messages: [{ type: 'request-completed', content: 'Done.' }] })).toEqual([
      'message-type-unknown messages.0.type',
    ]);
  });
});
