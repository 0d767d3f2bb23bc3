import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import type { HttpResponseEntry, RequestFormat } from '../file/http-request.dto.js';
import { TemplateReader } from '../file/template-reader.js';
import { parsePath, planResponse, resultOf } from './response-plan.js';

const CONTEXT = { args: { orderId: '7' }, toolCallId: 'tc-1' };

function take(content: unknown, entry: HttpResponseEntry = {}, format: RequestFormat = 'plain'): unknown {
  const reader = new TemplateReader({}, undefined);
  const plan = planResponse(entry, format, reader);
  expect(reader.problems).toEqual([]);
  return resultOf(plan, content, CONTEXT);
}

describe('parsePath', () => {
  it.each([
    ['a', ['a']],
    ['data.order', ['data', 'order']],
    ['items[0].id', ['items', '0', 'id']],
    ['items.0.id', ['items', '0', 'id']],
    ['[1][2]', ['1', '2']],
    ['$.a b.c-d', ['a b', 'c-d']],
    ['', undefined],
    ['a..b', undefined],
    ['a.', undefined],
    ['a[x]', undefined],
    ['a]', undefined],
  ])('%s', (text, path) => {
    expect(parsePath(text)).toEqual(path);
  });
});

describe('the result of an answer', () => {
  const answer = { data: { orders: [{ id: 7, note: null }] }, error: '', count: 0 };

  it('is the answer, or the part that is picked', () => {
    expect(take(answer)).toBe(answer);
    expect(take(undefined)).toBeUndefined();
    expect(take(answer, { pick: 'data.orders[0].id' })).toBe(7);
    expect(take(answer, { pick: 'data.orders[0].note' })).toBeNull();
  });

  it.each(['data.orders[1]', 'nothing.at.all', 'data.constructor'])(
    'is not there at %s, which is a failure',
    (pick) => {
      expect(() => take(answer, { pick })).toThrow(
        expect.objectContaining({ code: 'backend-answer-invalid', retryable: false }),
      );
    },
  );

  it.each([
    '{{ answer.data }}',
    '{{ answer.count == 0 }}',
    '{% if answer.data.orders.size > 0 %}yes{% endif %}',
    '{{ arguments.orderId }}',
  ])('is a failure when %s says so', (failWhen) => {
    expect(() => take(answer, { failWhen })).toThrow(
      expect.objectContaining({ code: 'backend-reported-failure', retryable: false, say: undefined }),
    );
  });

  it.each(['{{ answer.error }}', '{{ answer.nothing.deep }}', '{{ answer.count }}', '{{ answer.count > 0 }}', ' '])(
    'is no failure when %s says nothing, no or zero',
    (failWhen) => {
      expect(take(answer, { failWhen })).toBe(answer);
    },
  );

  it('may bring the words of a failure', () => {
    const words = {
      failWhen: '{{ answer.error }}',
      sayWhenFailed: 'Order {{ arguments.orderId }}: {{ answer.error }}.',
    };
    expect(() => take({ error: 'unknown' }, words)).toThrow(expect.objectContaining({ say: 'Order 7: unknown.' }));
  });
});

describe('the result of an answer in the format of Vapi', () => {
  it.each<[string, unknown, unknown]>([
    ['a text', { results: [{ toolCallId: 'tc-1', result: 'It is shipped.' }] }, 'It is shipped.'],
    ['JSON in a text', { results: [{ toolCallId: 'tc-1', result: ' {"a":1}' }] }, { a: 1 }],
    ['a text that begins like JSON', { results: [{ toolCallId: 'tc-1', result: '[sic] yes' }] }, '[sic] yes'],
    ['an object', { results: [{ name: 'x', toolCallId: 'tc-1', result: { a: 1 } }] }, { a: 1 }],
    ['its own entry', { results: [{ toolCallId: 'b', result: 'B' }, null, { toolCallId: 'tc-1', result: 'A' }] }, 'A'],
    ['the only entry, under another id', { results: [{ toolCallId: 'b', result: 'B' }] }, 'B'],
    ['the old shape', { result: 'It is shipped.' }, 'It is shipped.'],
    ['an empty text', { results: [{ toolCallId: 'tc-1', result: '' }] }, ''],
  ])('is %s', (_case, content, expected) => {
    expect(take(content, {}, 'vapi')).toEqual(expected);
  });

  it('is a failure with the words of the backend, or those of the file', () => {
    const content = { results: [{ toolCallId: 'tc-1', error: 'There is no such order.' }] };
    expect(() => take(content, {}, 'vapi')).toThrow(
      expect.objectContaining({ code: 'backend-reported-failure', say: 'There is no such order.' }),
    );
    expect(() => take(content, { sayWhenFailed: 'Sorry: {{ answer }}' }, 'vapi')).toThrow(
      expect.objectContaining({ say: 'Sorry: There is no such order.' }),
    );
  });

  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['a text', 'ok'],
    ['no entry', { results: [] }],
    [
      'entries of others',
      {
        results: [
          { toolCallId: 'a', result: 'A' },
          { toolCallId: 'b', result: 'B' },
        ],
      },
    ],
    ['an entry without anything', { results: [{ toolCallId: 'tc-1' }] }],
    ['a list', [1]],
  ])('is missing in %s', (_case, content) => {
    expect(() => take(content, {}, 'vapi')).toThrow(
      expect.objectContaining({ code: 'backend-answer-invalid', retryable: false }),
    );
  });

  it('may be picked from', () => {
    expect(
      take(
        { results: [{ toolCallId: 'tc-1', result: '{"order":{"status":"shipped"}}' }] },
        { pick: 'order.status' },
        'vapi',
      ),
    ).toBe('shipped');
  });
});
