import { describe, expect, it } from '@jest/globals';
import { contentOf, isSuccess, refusal } from './answer.js';

const NOW = Date.UTC(2026, 0, 1);

function result(status: number, text = '', contentType = 'application/json', retryAfter?: string): unknown {
  const answer = { status, text, contentType, retryAfter };
  if (!isSuccess(status)) throw refusal(answer, NOW);
  return contentOf(answer);
}

describe('an answer', () => {
  it.each<[string, string, string, unknown]>([
    ['JSON', '{"a":1}', 'application/json; charset=utf-8', { a: 1 }],
    ['a JSON text', '"done"', 'application/json', 'done'],
    ['JSON of another type', '{"a":1}', 'application/problem+json', { a: 1 }],
    ['JSON without its type', ' {"a":1}\n', 'text/plain', { a: 1 }],
    ['a text', ' All good. \n', 'text/plain', 'All good.'],
    ['a text that looks like JSON', '[sic]', 'text/plain', '[sic]'],
    ['nothing', '', 'application/json', undefined],
  ])('takes %s', (_case, text, contentType, expected) => {
    expect(result(200, text, contentType)).toEqual(expected);
    expect(result(299, text, contentType)).toEqual(expected);
  });

  it('does not ask again when the answer is broken JSON: the job is done', () => {
    expect(() => result(200, '{"a":')).toThrow(
      expect.objectContaining({ code: 'backend-answer-invalid', retryable: false }),
    );
  });

  it.each([500, 502, 503, 504, 408, 425, 429])('asks again after %i', (status) => {
    expect(() => result(status)).toThrow(
      expect.objectContaining({ code: `backend-http-${String(status)}`, retryable: true }),
    );
  });

  it.each([400, 401, 403, 404, 409, 410, 422, 304])('does not ask again after %i', (status) => {
    expect(() => result(status)).toThrow(
      expect.objectContaining({ code: `backend-http-${String(status)}`, retryable: false }),
    );
  });

  it('passes on how long the backend wants to be left alone', () => {
    expect(() => result(503, '', '', '7')).toThrow(expect.objectContaining({ retryAfterMs: 7000 }));
    expect(() => result(503)).toThrow(expect.objectContaining({ retryAfterMs: undefined }));
  });

  it('keeps what the backend said out of the error', () => {
    expect(() => result(400, 'card 4711')).toThrow(/^The backend answered 400\.$/);
  });
});
