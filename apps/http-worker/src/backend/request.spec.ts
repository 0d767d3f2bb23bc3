import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import type { HttpRequestEntry } from '../file/http-request.dto.js';
import { TemplateReader } from '../file/template-reader.js';
import type { CallbackPlan } from '../callback/callback-plan.js';
import { buildRequest } from './build-request.js';
import { planRequest } from './request-plan.js';

const ENV = { TOKEN: 'abc' };

const TOOL = { name: 'order_status', description: 'Looks up an order.', parameters: { type: 'object' } };

interface BuildOptions {
  readonly callback?: CallbackPlan;
  readonly callId?: string;
  readonly traceparent?: string;
}

function build(
  entry: HttpRequestEntry,
  args: object = {},
  { callback, callId = 'call-1', traceparent }: BuildOptions = {},
) {
  const reader = new TemplateReader(ENV, undefined);
  const plan = planRequest(entry, reader, callback);
  if (plan === undefined) throw new Error(JSON.stringify(reader.problems));
  const toolCall = { callId, toolCallId: 'tc-1', idempotencyKey: 'key-1', requestedAt: 1000 };
  return buildRequest(plan, TOOL, {
    args,
    ...toolCall,
    traceparent,
    ...(callback && { callbackUrl: 'https://g.example/callbacks/t.s' }),
  });
}

describe('a request', () => {
  it('carries the arguments as JSON, the idempotency key and the headers of the file', () => {
    const request = build(
      {
        url: 'https://b.example/x',
        headers: { Authorization: 'Bearer ${TOKEN}', 'Content-Type': 'application/vnd.x+json' },
      },
      { orderId: 'ä"' },
    );
    expect(request).toMatchObject({
      method: 'POST',
      headers: {
        authorization: 'Bearer abc',
        'content-type': 'application/vnd.x+json',
        'idempotency-key': 'key-1',
        accept: expect.stringContaining('application/json'),
      },
      body: '{"orderId":"ä\\""}',
    });
    expect(request.url.href).toBe('https://b.example/x');
  });

  it('carries the trace context of the job while there is one, unless the file has its own', () => {
    const url = 'https://b.example/x';
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    expect(build({ url }).headers).not.toHaveProperty('traceparent');
    expect(build({ url }, {}, { traceparent }).headers).toMatchObject({ traceparent });
    const own = build({ url, headers: { Traceparent: 'own' } }, {}, { traceparent });
    expect(own.headers).toMatchObject({ traceparent: 'own' });
  });

  it.each(['GET', 'DELETE'] as const)('of %s puts arguments nowhere but into the url', (method) => {
    const request = build(
      { method, url: 'https://b.example/o/{{ arguments.id }}?n={{ arguments.n }}' },
      { id: 'a b/c', n: 5 },
    );
    expect(request.url.href).toBe('https://b.example/o/a%20b%2Fc?n=5');
    expect(request).not.toHaveProperty('body');
    expect(request.headers).not.toHaveProperty('content-type');
  });

  it('of DELETE may have a body of its own', () => {
    expect(build({ method: 'DELETE', url: 'https://b.example', body: '{}' }).body).toBe('{}');
  });

  it('takes a body template and escapes for its type', () => {
    const args = { a: 'x"y&z' };
    const url = 'https://b.example';
    expect(build({ url, body: '{"a":"{{ arguments.a }}","t":"${TOKEN}"}' }, args).body).toBe(
      '{"a":"x\\"y&z","t":"abc"}',
    );
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    expect(build({ url, headers: form, body: 'a={{ arguments.a }}' }, args).body).toBe('a=x%22y%26z');
    const text = { 'content-type': 'text/plain' };
    expect(build({ url, headers: text, body: '{{ arguments.a }} $${TOKEN}' }, args).body).toBe('x"y&z ${TOKEN}');
  });

  it('keeps a port, and knows an origin in capitals', () => {
    expect(build({ url: 'HTTP://B.example:8080/{{ arguments.id }}' }, { id: '7' }).url.href).toBe(
      'http://b.example:8080/7',
    );
  });

  it.each([
    ['walk out of the path', 'https://b.example/o/{{ arguments.id }}/x', '..', 'invalid-arguments'],
    ['walk out of it by a filter', 'https://b.example/o/{{ arguments.id | raw }}', 'a/%2e%2E/b', 'invalid-arguments'],
    ['walk with a tab', 'https://b.example/o/{{ arguments.id | raw }}', '.\t./admin', 'invalid-arguments'],
    ['walk with a line break', 'https://b.example/o/{{ arguments.id | raw }}', '.\r\n.', 'invalid-arguments'],
    ['walk with a tab in %2e', 'https://b.example/o/{{ arguments.id | raw }}', '%2\te%2\ne/x', 'invalid-arguments'],
    ['walk at the end', 'https://b.example/o/{{ arguments.id | raw }}', '..\u0001 ', 'invalid-arguments'],
    ['walk with a backslash', 'https://b.example/o/{{ arguments.id | raw }}', 'a\\..\\b', 'invalid-arguments'],
  ])('does not let an argument %s', (_case, url, id, code) => {
    const act = () => build({ method: 'GET', url }, { id });
    expect(act).toThrow(expect.objectContaining({ code, retryable: false }));
  });

  it('refuses to go without an argument that the template names', () => {
    const act = () => build({ method: 'GET', url: 'https://b.example/{{ arguments.id }}' }, {});
    expect(act).toThrow(expect.objectContaining({ code: 'template', retryable: false }));
  });

  it('refuses a body that is no JSON although it should be', () => {
    const act = () => build({ url: 'https://b.example', body: '{ "a": {% if arguments.a %}1{% endif %} }' }, {});
    expect(act).toThrow(expect.objectContaining({ code: 'template', retryable: false }));
  });
});

describe('a request with templates everywhere', () => {
  const args = {
    id: 'a&b=c#d',
    count: 7,
    on: true,
    tags: ['x y', 'z'],
    at: { lat: 1.5 },
    'new\nline': 1,
    name: 'Jörg',
  };

  it('has a query whose values stay values, beside that of the url', () => {
    const { url } = build(
      {
        method: 'GET',
        url: 'https://b.example/o?fixed=1%202',
        query: {
          id: '{{ arguments.id }}',
          limit: 5,
          tag: '{{ arguments.tags }}',
          at: '{{ arguments.at }}',
          key: '${TOKEN}',
          missing: '{{ arguments.missing }}',
          none: null,
        },
      },
      args,
    );
    expect(url.search).toBe('?fixed=1%202&id=a%26b%3Dc%23d&limit=5&tag=x%20y&tag=z&at=%7B%22lat%22%3A1.5%7D&key=abc');
  });

  it('has a JSON body in which numbers stay numbers, and what was not given is left out', () => {
    const { body, headers } = build(
      {
        url: 'https://b.example',
        body: {
          n: '{{ arguments.count }}',
          more: '{{ arguments.count | plus: 1 }}',
          on: '{{ arguments.on }}',
          list: ['{{ arguments.tags }}', 3, null, '{{ arguments.nothing }}'],
          text: 'count: {{ arguments.count }}, "{{ arguments.id }}"',
          token: 'Bearer ${TOKEN}',
          gone: '{{ arguments.nothing }}',
          instead: '{{ arguments.nothing | default: 0 }}',
          constructor: false,
          deep: { null: null },
        },
      },
      args,
    );
    expect(JSON.parse(body ?? '')).toEqual({
      n: 7,
      more: 8,
      on: true,
      list: [['x y', 'z'], 3, null],
      text: 'count: 7, "a&b=c#d"',
      token: 'Bearer abc',
      instead: 0,
      constructor: false,
      deep: { null: null },
    });
    expect(headers['content-type']).toBe('application/json');
  });

  it('has a form', () => {
    const { body, headers } = build(
      { url: 'https://b.example', form: { a: '{{ arguments.id }}', n: 1, tag: '{{ arguments.tags }}' } },
      args,
    );
    expect(body).toBe('a=a%26b%3Dc%23d&n=1&tag=x%20y&tag=z');
    expect(headers['content-type']).toBe('application/x-www-form-urlencoded');
  });

  it('has headers made of arguments, which cannot add another one', () => {
    const headers = { 'X-Name': '{{ arguments.name }}', 'x-call': '{{ call.id }} {{ call.toolCallId }}' };
    expect(build({ url: 'https://b.example', headers }, args).headers).toMatchObject({
      'x-name': 'Jörg',
      'x-call': 'call-1 tc-1',
    });
    for (const name of ['a\r\nx-admin: 1', 'a\nb', 'Łukasz', 'a\0']) {
      expect(() => build({ url: 'https://b.example', headers }, { name })).toThrow(
        expect.objectContaining({ code: 'invalid-arguments', retryable: false }),
      );
    }
    const encoded = { 'x-name': '{{ arguments.name | url_encode }}' };
    expect(build({ url: 'https://b.example', headers: encoded }, { name: 'Ł\n' }).headers['x-name']).toBe('%C5%81%0A');
  });

  it('survives half a character', () => {
    const { url } = build({ method: 'GET', url: 'https://b.example/{{ arguments.a }}' }, { a: '\ud800' });
    expect(url.href).toBe('https://b.example/%EF%BF%BD');
  });

  it('says where to call back, in a header and to its templates', () => {
    const callback = { header: 'x-resume', acceptStatuses: [202] };
    const request = build(
      { url: 'https://b.example', query: { hook: '{{ callback.url }}' }, body: { reply: '{{ callback.url }}' } },
      {},
      { callback },
    );
    expect(request.headers['x-resume']).toBe('https://g.example/callbacks/t.s');
    expect(request.url.searchParams.get('hook')).toBe('https://g.example/callbacks/t.s');
    expect(request.body).toBe('{"reply":"https://g.example/callbacks/t.s"}');
  });

  it('keeps the text of a template, which may hold secrets, out of the error', () => {
    const act = () => build({ url: 'https://b.example', body: '{"t":"${TOKEN}","x":{{ arguments.x }}}' }, {});
    expect(act).toThrow('The template request.body names arguments.x, which is not there.');
    const error: unknown = (() => {
      try {
        return act();
      } catch (thrown) {
        return thrown;
      }
    })();
    expect(error).toMatchObject({ field: 'request.body', problem: 'names arguments.x, which is not there' });
    expect((error as Error).cause).toBeUndefined();
    expect(String((error as Error).stack)).not.toContain('abc');
  });
});

describe('a request in the format of Vapi', () => {
  it('is the webhook that Vapi sends for one tool call', () => {
    const request = build(
      { format: 'vapi', url: 'https://b.example', headers: { 'x-vapi-secret': '${TOKEN}' } },
      { n: 1 },
    );
    expect(request).toMatchObject({
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-vapi-secret': 'abc' },
    });
    const toolCall = {
      id: 'tc-1',
      type: 'function',
      function: { name: 'order_status', arguments: { n: 1 } },
      name: 'order_status',
      arguments: { n: 1 },
      parameters: { n: 1 },
    };
    expect(JSON.parse(request.body ?? '')).toEqual({
      message: {
        timestamp: 1000,
        type: 'tool-calls',
        toolCallList: [toolCall],
        toolCalls: [toolCall],
        toolWithToolCallList: [
          {
            type: 'function',
            async: false,
            name: 'order_status',
            function: TOOL,
            toolCall,
          },
        ],
        call: { id: 'call-1' },
      },
    });
  });
});
