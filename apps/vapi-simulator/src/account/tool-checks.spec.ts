import { describe, expect, it } from '@jest/globals';
import type { JsonObject } from '../scenario/json.types.js';
import { assistantBody } from './assistant-checks.js';
import { checkBody, type Check } from './checks.js';
import { DEFAULT_QUIRKS, type Quirks } from './quirks.js';
import { createTool, updateTool } from './tool-checks.js';

const PARAMETERS = { type: 'object', properties: { region: { type: 'string' } }, required: ['region'] };
const FUNCTION = { name: 'build_report', description: 'Builds it.', parameters: PARAMETERS };

function problems(body: unknown, check: Check = createTool, quirks: Partial<Quirks> = {}): readonly string[] {
  const checked = checkBody(body, check, { ...DEFAULT_QUIRKS, ...quirks });
  return checked.ok ? [] : checked.problems;
}

function stored(body: unknown, quirks: Partial<Quirks> = {}, check: Check = createTool): JsonObject {
  const checked = checkBody(body, check, { ...DEFAULT_QUIRKS, ...quirks });
  if (!checked.ok) throw new Error(checked.problems.join('\n'));
  return checked.value;
}

const tool = (more: object): object => ({ type: 'function', function: FUNCTION, ...more });
const schema = (region: unknown, more: object = {}): object =>
  tool({ function: { ...FUNCTION, parameters: { ...PARAMETERS, properties: { region }, ...more } } });

describe('the body of POST /tool', () => {
  it('passes whole, with everything that Vapi documents', () => {
    const body = tool({
      async: true,
      function: { ...FUNCTION, strict: true },
      messages: [
        { type: 'request-complete', content: 'On it.', role: 'assistant', endCallAfterSpokenEnabled: false },
        { type: 'request-response-delayed', content: 'Still.', timingMilliseconds: 100, conditions: [] },
      ],
      server: {
        url: 'https://gateway.example/vapi/webhook',
        timeoutSeconds: 300,
        credentialId: 'c',
        headers: { a: 'b' },
        backoffPlan: { type: 'exponential', maxRetries: 10, baseDelaySeconds: 0, excludedStatusCodes: [400] },
      },
      parameters: [{ key: 'from', value: '{{ customer.number }}' }],
    });
    expect(stored(body)).toEqual(body);
  });

  it('is a JSON object with a type', () => {
    expect(problems('text')).toEqual(['the body must be a JSON object']);
    expect(problems({ tools: [] })).toEqual([
      'property tools should not exist',
      expect.stringMatching(/^type must be one of the following values: dtmf, endCall, .*function, /),
    ]);
  });

  it('is not looked into for tools of other types', () => {
    expect(problems({ type: 'transferCall', destinations: [{ type: 'number' }] })).toEqual([]);
  });

  it.each<[string, object]>([
    ['property name should not exist', { name: 'x' }],
    ['function.property async should not exist', { function: { ...FUNCTION, async: true } }],
    ['server.property timeout should not exist', { server: { timeout: 3 } }],
    [
      'messages.0.property timingMilliseconds should not exist',
      { messages: [{ type: 'request-start', timingMilliseconds: 200 }] },
    ],
    ['async must be a boolean value', { async: 'yes' }],
    ['messages must be an array', { messages: {} }],
    ['messages.0.type must be a string', { messages: [{}] }],
    [
      'messages.0.content must be shorter than or equal to 1000 characters',
      { messages: [{ type: 'request-complete', content: 'x'.repeat(1_001) }] },
    ],
    [
      'messages.0.timingMilliseconds must not be less than 100',
      { messages: [{ type: 'request-response-delayed', timingMilliseconds: 99 }] },
    ],
    [
      'messages.0.timingMilliseconds must not be greater than 120000',
      { messages: [{ type: 'request-response-delayed', timingMilliseconds: 120_001 }] },
    ],
    [
      'messages.0.role must be one of the following values: assistant, system',
      { messages: [{ type: 'request-complete', role: 'user' }] },
    ],
    ['server.timeoutSeconds must not be less than 1', { server: { timeoutSeconds: 0 } }],
    ['server.timeoutSeconds must not be greater than 300', { server: { timeoutSeconds: 301 } }],
    [
      'server.backoffPlan.maxRetries must not be greater than 10',
      { server: { backoffPlan: { type: 'fixed', maxRetries: 11, baseDelaySeconds: 1 } } },
    ],
    [
      'server.backoffPlan.baseDelaySeconds must be a number conforming to the specified constraints',
      { server: { backoffPlan: { type: 'fixed', maxRetries: 1 } } },
    ],
    [
      'server.backoffPlan.type must be one of the following values: fixed, exponential',
      { server: { backoffPlan: { type: 'linear', maxRetries: 1, baseDelaySeconds: 1 } } },
    ],
    [
      'server.backoffPlan.each value in excludedStatusCodes must be an integer number',
      { server: { backoffPlan: { type: 'fixed', maxRetries: 1, baseDelaySeconds: 1, excludedStatusCodes: ['400'] } } },
    ],
    ['parameters.0.key must be a string', { parameters: [{ value: 1 }] }],
  ])('is refused: %s', (problem, more) => {
    expect(problems(tool(more))).toEqual([problem]);
  });

  it.each(['', 'with space', 'ä', 'x'.repeat(65), 'a.b'])('has a function with a good name, not %j', (name) => {
    expect(problems(tool({ function: { ...FUNCTION, name } }))).toEqual([
      'function.name must match /^[a-zA-Z0-9_-]{1,64}$/ regular expression',
    ]);
  });

  it('may have a description of any length', () => {
    expect(problems(tool({ function: { ...FUNCTION, description: 'x'.repeat(5_000) } }))).toEqual([]);
  });

  it('makes a message of an unknown type a request-failed, and says nothing', () => {
    expect(stored(tool({ messages: [{ type: 'request-completed', content: 'Done.' }] }))['messages']).toEqual([
      { type: 'request-failed', content: 'Done.' },
    ]);
  });

  it('loses unknown properties silently where that is chosen', () => {
    const body = tool({ name: 'x', server: { url: 'https://a.example', timeout: 3 } });
    expect(stored(body, { unknownProperties: 'strip' })).toEqual(tool({ server: { url: 'https://a.example' } }));
  });
});

describe('the parameters of a function', () => {
  const path = 'function.parameters';

  it('are an object schema with properties', () => {
    expect(problems(tool({ function: { name: 'a', parameters: { type: 'array' } } }))).toEqual([
      `${path}.type must be one of the following values: object`,
      `${path}.properties must be an object`,
    ]);
  });

  it('need a type at every depth: anyOf is none', () => {
    const unit = { anyOf: [{ type: 'string' }, { type: 'null' }] };
    expect(problems(schema({ type: 'array', items: { type: 'object', properties: { unit } } }))).toEqual([
      `${path}.properties.region.items.properties.unit.type must be one of the following values: string, number, integer, boolean, array, object`,
    ]);
  });

  it('have one type each, or lists of types where that is chosen', () => {
    const nullable = schema({ type: ['string', 'null'] });
    expect(problems(nullable)).toHaveLength(1);
    expect(problems(nullable, createTool, { schemaTypes: 'list' })).toEqual([]);
    expect(problems(schema({ type: ['text'] }), createTool, { schemaTypes: 'list' })).toEqual([
      `${path}.properties.region.type must be one of the following values: string, number, integer, boolean, array, object, null, or an array containing only these values`,
    ]);
  });

  it.each<[string, object]>([
    ['properties.region.items must be an object', { type: 'array' }],
    ['properties.region.properties must be an object', { type: 'object' }],
    ['properties.region.each value in enum must be a string', { type: 'integer', enum: [1, 2] }],
    [
      'properties.region.format must be one of the following values: date-time, time, date, duration, email, hostname, ipv4, ipv6, uuid',
      { type: 'string', format: 'uri' },
    ],
  ])('are refused: %s', (problem, region) => {
    expect(problems(schema(region))).toEqual([`${path}.${problem}`]);
  });

  it('may have more keywords than the typings, or lose them, or are refused for them', () => {
    const body = schema({ type: 'string', minLength: 1 }, { additionalProperties: false });
    expect(stored(body)).toEqual(body);
    expect(stored(body, { schemaKeywords: 'strip' })).toEqual(
      schema({ type: 'string' }, { additionalProperties: false }),
    );
    expect(problems(body, createTool, { schemaKeywords: 'refuse' })).toEqual([
      `${path}.properties.region.property minLength should not exist`,
    ]);
  });
});

describe('the body of PATCH /tool/:id', () => {
  it('has no type, or one that is ignored', () => {
    const body = { type: 'function', async: true };
    expect(problems(body, updateTool('function'))).toEqual(['property type should not exist']);
    expect(stored(body, { patchType: 'ignore' }, updateTool('function'))).toEqual({ async: true });
  });

  it('has none of the fields that the server makes', () => {
    expect(problems({ id: 'x', orgId: 'x', createdAt: 'x', latestVersion: 'v1' }, updateTool('function'))).toEqual(
      ['id', 'orgId', 'createdAt', 'latestVersion'].map((name) => `property ${name} should not exist`),
    );
  });

  it('has whole functions, and nulls that clear', () => {
    expect(problems({ function: { description: 'new' } }, updateTool('function'))).toEqual([
      'function.name must match /^[a-zA-Z0-9_-]{1,64}$/ regular expression',
      'function.name must be a string',
    ]);
    expect(stored({ messages: null }, {}, updateTool('function'))).toEqual({ messages: null });
  });
});

describe('the body of PATCH /assistant/:id', () => {
  it('may have any known field', () => {
    const body = {
      name: 'Support',
      firstMessage: 'Hello.',
      model: { provider: 'openai', model: 'gpt-4o', toolIds: ['a'], temperature: 0.1 },
      serverMessages: ['tool-calls', 'transcript[transcriptType="final"]'],
      monitorPlan: { controlEnabled: true },
      server: { url: 'https://gateway.example' },
    };
    expect(stored(body, {}, assistantBody)).toEqual(body);
  });

  it.each<[readonly string[], object]>([
    [['model.provider must be a string', 'model.model must be a string'], { model: { toolIds: ['a'] } }],
    [['model.each value in toolIds must be a string'], { model: { provider: 'openai', model: 'm', toolIds: [1] } }],
    [
      [expect.stringMatching(/^each value in serverMessages must be one of /) as unknown as string],
      { serverMessages: ['tool_calls'] },
    ],
    [['property toolIds should not exist'], { toolIds: [] }],
    [['monitorPlan.controlEnabled must be a boolean value'], { monitorPlan: { controlEnabled: 'no' } }],
    [['maxDurationSeconds must not be greater than 43200'], { maxDurationSeconds: 43_201 }],
  ])('is refused: %j', (expected, body) => {
    expect(problems(body, assistantBody)).toEqual(expected);
  });
});
