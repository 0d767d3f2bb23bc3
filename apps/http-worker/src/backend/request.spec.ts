import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import type { HttpRequestEntry } from '../file/http-tool.dto.js';
import { buildRequest } from './build-request.js';
import { planRequest } from './request-plan.js';

const ENV = { TOKEN: 'abc' };

function build(entry: HttpRequestEntry, args: object = {}) {
  const { plan, problems } = planRequest(entry, ENV);
  if (plan === undefined) throw new Error(JSON.stringify(problems));
  return buildRequest(plan, { args, idempotencyKey: 'key-1' });
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
