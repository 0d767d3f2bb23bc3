import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { describeError, hasPublicMessage } from './describe-error.js';
import { MetricsError } from './metrics.errors.js';

const PRIVATE = 'call me at +49 151 0000';
const OWN = Symbol.for('interject.spec-error');

function ownError(extra: object = {}): Error {
  return Object.assign(new Error(PRIVATE), { [OWN]: true, code: 'spec', retryable: true }, extra);
}

describe('describeError', () => {
  it('leaves out the text of a foreign error, wherever it stands', () => {
    const error = Object.assign(new TypeError(PRIVATE, { cause: new Error(PRIVATE) }), { code: 'ECONNRESET' });
    const described = describeError(error);
    expect(described).toMatchObject({ name: 'TypeError', code: 'ECONNRESET', cause: { name: 'Error' } });
    expect(described.stack?.[0]).toMatch(/^at .*describe-error\.spec/);
    expect(JSON.stringify(described)).not.toContain('0000');
  });

  it('does not take lines of a message for frames', () => {
    const described = describeError(new Error(`first\n    at ${PRIVATE}\n    at /x/${PRIVATE}:1:1`));
    expect(JSON.stringify(described)).not.toContain('0000');
    // Changed after the stack was taken: the old text is still in the stack.
    const changed = new Error(`first\n    at ${PRIVATE}`);
    changed.message = 'second';
    expect(JSON.stringify(describeError(changed))).not.toContain('0000');
  });

  it('tells the message of our own errors: a code and a symbol registered as interject.*', () => {
    expect(describeError(new MetricsError('The metric x is wrong.'))).toMatchObject({
      name: 'MetricsError',
      code: 'metric-declaration',
      retryable: false,
      message: 'The metric x is wrong.',
    });
  });

  it.each([
    ['code and symbol', ownError(), true],
    ['no code', ownError({ code: undefined }), false],
    ['no symbol', Object.assign(new Error(PRIVATE), { code: 'spec' }), false],
    [
      'a symbol of somebody else',
      Object.assign(new Error(PRIVATE), { [Symbol.for('other.error')]: true, code: 'spec' }),
      false,
    ],
    [
      'an unregistered symbol',
      Object.assign(new Error(PRIVATE), { [Symbol('interject.x')]: true, code: 'spec' }),
      false,
    ],
    ['marked private', ownError({ privateMessage: true }), false],
  ])('decides by %s', (_case, error, expected) => {
    expect(hasPublicMessage(error)).toBe(expected);
    expect('message' in describeError(error)).toBe(expected);
  });

  it('describes an error of another realm and one whose getters throw', () => {
    let system: unknown;
    try {
      readFileSync('/no/such/file');
    } catch (error) {
      system = error;
    }
    expect(describeError(system as Error)).toMatchObject({ name: 'Error', code: 'ENOENT' });
    const hostile = new Error(PRIVATE);
    for (const key of ['name', 'code', 'cause']) {
      Object.defineProperty(hostile, key, {
        get() {
          throw new Error('no');
        },
      });
    }
    expect(describeError(hostile)).toMatchObject({ name: 'Error' });
    expect(JSON.stringify(describeError(hostile))).not.toContain('0000');
  });

  it('names the class of an error that has no name of its own', () => {
    class NoRoute extends Error {}
    expect(describeError(new NoRoute(PRIVATE)).name).toBe('NoRoute');
  });

  it('ends a circle of causes', () => {
    const error = new Error('a');
    error.cause = error;
    expect(JSON.stringify(describeError(error)).match(/"cause"/g)).toHaveLength(4);
  });
});
