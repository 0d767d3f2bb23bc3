import 'reflect-metadata';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DUPLICATE_DEFAULTS, FILLER_DEFAULTS, TOOL_DEFAULTS } from '@interject/contracts';
import { CALLBACK_DEFAULTS } from '../callback/callback-plan.js';
import { PARAMETERS, toolsText as file } from '../testing/tools-text.js';
import { describeProblem } from './file-problem.js';
import { parseToolsFile, readToolsFile } from './tools-file.js';

const ENV = { BACKEND_TOKEN: 't0p-secret', BROKEN: 'a\nb', LIQUID: '{{ x }}' };

function problemsOf(text: string): string[] {
  return parseToolsFile(text, ENV).problems.map(describeProblem);
}

describe('a tools file that fits', () => {
  it('needs no more than name, description and url', () => {
    const { tools, problems } = parseToolsFile(file({}), ENV);
    expect(problems).toEqual([]);
    expect(tools[0]).toMatchObject({
      limits: { concurrency: 100 },
      definition: {
        ...TOOL_DEFAULTS,
        name: 'order_status',
        description: 'Looks up an order.',
        parameters: { type: 'object', properties: {} },
      },
      request: { method: 'POST', origin: 'https://b.example', body: { kind: 'arguments' } },
    });
  });

  it('may have fillers, and every wish about speech', () => {
    const speech = [
      'wording: assistant',
      'timing: next-turn',
      'class: progress',
      "template: 'About your order: {text}'",
      "repeatTemplate: 'As I was saying: {text}'",
      'maxCharacters: 300',
      'language: pt-BR',
      'minGapMs: 0',
      'maxCount: 1',
      'endCallAfter: true',
    ];
    const text = file({
      speech: `{ ${speech.join(', ')} }`,
      fillers: '{ texts: [One moment.], max: 1, onSilenceLimit: Still at it. }',
    });
    const { tools, problems } = parseToolsFile(text, ENV);
    expect(problems).toEqual([]);
    expect(tools[0]?.definition.fillers).toEqual({
      ...FILLER_DEFAULTS,
      texts: ['One moment.'],
      max: 1,
      onSilenceLimit: 'Still at it.',
    });
    expect(tools[0]?.definition.speech).toMatchObject({
      template: 'About your order: {text}',
      language: 'pt-BR',
      minGapMs: 0,
      maxCount: 1,
    });
  });

  it('may say all that a tool of code may', () => {
    const text = file({
      parameters: PARAMETERS,
      title: 'the order',
      mode: 'sync',
      sayOnStart: 'I am looking.',
      duplicates: 'reject',
      staticArguments: "{ orderId: '{{ customer.number }}' }",
      concurrency: '5',
      concurrencyPerCall: '2',
      rateLimit: '{ limit: 10, perMs: 1000 }',
    });
    const { tools, problems } = parseToolsFile(text, ENV);
    expect(problems).toEqual([]);
    expect(tools[0]).toMatchObject({
      definition: {
        title: 'the order',
        mode: 'sync',
        sayOnStart: 'I am looking.',
        duplicates: DUPLICATE_DEFAULTS,
        staticArguments: { orderId: '{{ customer.number }}' },
      },
      limits: { concurrency: 5, concurrencyPerCall: 2, rateLimit: { limit: 10, perMs: 1000 } },
    });
  });

  it.each<[string, object | undefined]>([
    ['allow', undefined],
    ['{}', DUPLICATE_DEFAULTS],
    ['{ by: tool }', { ...DUPLICATE_DEFAULTS, by: 'tool' }],
    ['{ afterSuccessMs: 0 }', { ...DUPLICATE_DEFAULTS, afterSuccessMs: 0 }],
  ])('may treat duplicates by %s', (duplicates, expected) => {
    expect(parseToolsFile(file({ duplicates }), ENV).tools[0]?.definition.duplicates).toEqual(expected);
  });

  it.each<[string, object | undefined]>([
    ['true', CALLBACK_DEFAULTS],
    ['{}', CALLBACK_DEFAULTS],
    ['{ header: X-Resume, acceptStatuses: [200] }', { header: 'x-resume', acceptStatuses: [200] }],
    ['false', undefined],
  ])('may set callback to %s', (callback, expected) => {
    const [tool] = parseToolsFile(file({ callback }), ENV).tools;
    expect(tool?.callback).toEqual(expected);
    expect(tool?.request.timeoutMs).toBe(expected === undefined ? undefined : 10_000);
  });

  it('keeps null in a schema', () => {
    const text = file({ parameters: '{ type: object, properties: { kind: { enum: [a, null] } } }' });
    expect(parseToolsFile(text, ENV).tools[0]?.definition.parameters).toEqual({
      type: 'object',
      properties: { kind: { enum: ['a', null] } },
    });
  });

  it('may keep anchors under x- keys', () => {
    const text = `x-retry: &retry { attempts: 7 }\n${file({ retry: '*retry' })}`;
    expect(parseToolsFile(text, ENV).tools[0]?.definition.retry).toEqual({ attempts: 7, backoffMs: 1000 });
  });
});

describe('a tools file that does not fit', () => {
  it.each<[string, string, RegExp]>([
    ['no YAML', 'tools: [', /^is no YAML: line 1, /],
    ['a key twice', 'tools: []\ntools: []', /^is no YAML: line 2, duplicate key/],
    ['an unknown alias', 'tools: *nowhere', /^has too many aliases, or one of something/],
    ['an empty file', '', /must have a list "tools" with at least one tool/],
    ['a list', '- name: x', /must have a list "tools"/],
    ['an empty list', 'tools: []', /must have a list "tools"/],
    ['an unknown key at the top', `version: 1\n${file({})}`, /^version is not a known key; known are tools/],
    ['a text for a tool', 'tools: [order_status]', /^tool "number 1": must be a mapping with name/],
    ['a name with a blank', file({ name: 'order status' }), /^tool "order status": name must have 1 to 64 letters/],
    ['no description', file({ description: "''" }), /description must be longer/],
    [
      'a misspelt key',
      file({ timeout: '5' }),
      /^tool "order_status": timeout is not a known key; did you mean "timeoutMs"\?/,
    ],
    [
      'a misspelt key in request',
      file({}, { header: '{}' }),
      /request\.header is not a known key; did you mean "headers"\?/,
    ],
    [
      'a misspelt key in speech',
      file({ speech: '{ timming: when-idle }' }),
      /speech\.timming is not a known key; did you mean "timing"\?/,
    ],
    ['a timeout of no number', file({ timeoutMs: 'long' }), /timeoutMs must be/],
    ['too many attempts', file({ retry: '{ attempts: 50 }' }), /retry\.attempts must not be greater than 20/],
    ['a retry of no mapping', file({ retry: '3' }), /retry must be an object/],
    [
      'a wrong policy',
      file({ onCallEnded: 'stop' }),
      /onCallEnded must be one of the following values: finish, cancel/,
    ],
    ['a wrong timing', file({ speech: '{ timing: soon }' }), /speech\.timing must be one of/],
    ['no request', file({ request: '~' }), /request must be given, with a url/],
    ['a wrong method', file({}, { method: 'FETCH' }), /request\.method must be one of the following values: GET/],
    [
      'parameters that are no object schema',
      file({ parameters: '{ type: string }' }),
      /parameters must be the JSON Schema of an object/,
    ],
    [
      'parameters that are no schema',
      file({ parameters: '{ type: object, properties: { a: { type: text } } }' }),
      /parameters is no valid JSON Schema/,
    ],
    [
      'a reference to nowhere',
      file({ parameters: "{ type: object, properties: { a: { $ref: '#/x' } } }" }),
      /parameters is no valid JSON Schema: can't resolve/,
    ],
    ['a relative url', file({}, { url: '/orders' }), /request\.url must begin with http/],
    ['another scheme', file({}, { url: 'ftp://b.example' }), /request\.url must begin with http/],
    [
      'a host from an argument',
      file({}, { url: "'https://{{ arguments.host }}/x'" }),
      /request\.url must name its host/,
    ],
    [
      'a password in the url',
      file({}, { url: 'https://me:pw@b.example/' }),
      /request\.url must not hold user and password/,
    ],
    ['no host', file({}, { url: 'https:///x' }), /request\.url has a host that cannot be used/],
    [
      'a broken template in the url',
      file({}, { url: "'https://b.example/{{ arguments.id'" }),
      /request\.url is no Liquid template: output .* not closed/,
    ],
    [
      'an unknown filter in the url',
      file({}, { url: "'https://b.example/{{ a | shout }}'" }),
      /request\.url is no Liquid template: undefined filter: shout/,
    ],
    [
      'a missing variable',
      file({}, { url: 'https://b.example/${NOWHERE}' }),
      /request\.url needs the environment variable NOWHERE, which is not set/,
    ],
    [
      'a missing variable in a header',
      file({}, { headers: "{ a: '${NOWHERE}' }" }),
      /request\.headers\.a needs the environment variable NOWHERE/,
    ],
    [
      'a missing variable in the body',
      file({}, { body: "'${NOWHERE}'" }),
      /request\.body needs the environment variable NOWHERE/,
    ],
    [
      'a name that is none',
      file({}, { headers: "{ a: '${NO WHERE}' }" }),
      /request\.headers\.a has \$\{NO WHERE\}, which is no name/,
    ],
    ['Liquid in a variable', file({}, { url: 'https://b.example/${LIQUID}' }), /cannot take the variable LIQUID/],
    [
      'a line break in a header',
      file({}, { headers: "{ a: '${BROKEN}' }" }),
      /request\.headers\.a has a value with a line break/,
    ],
    [
      'a number for a header',
      file({}, { headers: '{ a: 1 }' }),
      /request\.headers\.a must be a text; put it in quotes/,
    ],
    ['a header with a blank', file({}, { headers: "{ 'a b': x }" }), /request\.headers\.a b is not a name of a header/],
    [
      'a header of ours',
      file({}, { headers: '{ Idempotency-Key: x }' }),
      /request\.headers\.Idempotency-Key is set by the worker/,
    ],
    ['headers of no mapping', file({}, { headers: 'x' }), /request\.headers must be a mapping/],
    ['a body with GET', file({}, { method: 'GET', body: 'x' }), /request\.body cannot go with GET/],
    [
      'JSON arguments under another type',
      file({}, { headers: '{ content-type: text/plain }' }),
      /request\.body must be given/,
    ],
    ['a broken body', file({}, { body: "'{% if %}'" }), /request\.body is no Liquid template/],
    ['a broken say', file({ say: "'{{ result'" }), /say is no Liquid template/],
    ['a say that includes a file', file({ say: "'{% include %}'" }), /say is no Liquid template/],
    ['a template in sayOnFailure', file({ sayOnFailure: "'{{ arguments.id }}'" }), /sayOnFailure is said as it is/],
    [
      'a speech template without a place for the text',
      file({ speech: '{ template: One moment. }' }),
      /speech\.template must hold \{text\} once, and no other braces/,
    ],
    [
      'a Liquid template for a sentence',
      file({ speech: "{ repeatTemplate: 'Again: {{ text }}' }" }),
      /speech\.repeatTemplate must hold \{text\} once, and no other braces/,
    ],
    ['a length of no sense', file({ speech: '{ maxCharacters: 1 }' }), /speech\.maxCharacters must not be less than/],
    ['a language of no tag', file({ speech: '{ language: English }' }), /speech\.language must/],
    ['a gap below nothing', file({ speech: '{ minGapMs: -1 }' }), /speech\.minGapMs must not be less than 0/],
    ['too many reports', file({ speech: '{ maxCount: 1000 }' }), /speech\.maxCount must not be greater than 100/],
    ['fillers of no mapping', file({ fillers: '[One moment.]' }), /fillers must be a mapping with texts/],
    ['fillers without texts', file({ fillers: '{ afterMs: 5000 }' }), /fillers\.texts is missing/],
    ['no filler', file({ fillers: '{ texts: [] }' }), /fillers\.texts must contain at least 1/],
    ['a filler that is no text', file({ fillers: '{ texts: [1] }' }), /fillers\.texts each value in texts must be/],
    [
      'a misspelt key in fillers',
      file({ fillers: '{ texts: [a], everMs: 5000 }' }),
      /fillers\.everMs is not a known key; did you mean "everyMs"\?/,
    ],
    [
      'a filler that comes at once',
      file({ fillers: '{ texts: [a], afterMs: 10 }' }),
      /fillers\.afterMs must not be less than 1000/,
    ],
    [
      'a template for a filler',
      file({ fillers: "{ texts: ['Wait, {{ arguments.name }}.'] }" }),
      /fillers\.texts is said as it is: it cannot be a template/,
    ],
    ['no text to say', file({ say: '[1]' }), /say must be/],
  ])('%s', (_case, text, expected) => {
    const { tools } = parseToolsFile(text, ENV);
    expect(tools).toEqual([]);
    expect(problemsOf(text).join('\n')).toMatch(expected);
  });

  it('names every problem of every tool at once', () => {
    const one = file({ timeoutMs: '0', say: "'{{'" }, { url: 'x', headers: "{ a: '${NOWHERE}' }" });
    const two = file({ name: 'other', speech: '{ class: loud }' }).replace('tools:\n', '');
    expect(problemsOf(`${one}\n${two}`)).toEqual([
      expect.stringMatching(/^tool "order_status": timeoutMs must not be less than 1/),
      expect.stringMatching(/^tool "order_status": request\.url must begin/),
      expect.stringMatching(/^tool "order_status": request\.headers\.a needs/),
      expect.stringMatching(/^tool "order_status": say is no Liquid/),
      expect.stringMatching(/^tool "other": speech\.class must be one of/),
    ]);
  });

  it('says of what is missing only that', () => {
    expect(problemsOf('tools: [{ request: {} }]')).toEqual([
      'tool "number 1": name is missing',
      'tool "number 1": description is missing',
      'tool "number 1": request.url is missing',
    ]);
  });

  it('refuses one name for two tools', () => {
    const twice = `${file({})}\n${file({}).replace('tools:\n', '')}`;
    expect(problemsOf(twice)).toEqual(['tool "order_status": name stands more than once: each tool needs its own']);
  });

  it('never shows the value of a variable', () => {
    const text = file(
      {},
      { url: "'https://b.example/${BACKEND_TOKEN}/{{ arguments.id'", headers: "{ a: '${BROKEN}' }" },
    );
    expect(problemsOf(text).join('\n')).not.toMatch(/t0p-secret|a\nb/);
  });
});

describe('readToolsFile', () => {
  let directory: string;
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'interject-tools-'));
  });
  afterAll(() => {
    rmSync(directory, { recursive: true });
  });

  it('reads a file', () => {
    const path = join(directory, 'tools.yaml');
    writeFileSync(path, file({}));
    expect(readToolsFile(path, ENV).tools).toHaveLength(1);
  });

  it('says that a file does not exist, or is a directory', () => {
    expect(readToolsFile(join(directory, 'none.yaml'), ENV).problems[0]?.problem).toMatch(
      /none\.yaml does not exist: name a YAML file/,
    );
    expect(readToolsFile(directory, ENV).problems[0]?.problem).toMatch(/cannot be read \(EISDIR\)/);
  });
});
