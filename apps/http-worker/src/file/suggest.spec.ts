import { describe, expect, it } from '@jest/globals';
import { suggest } from './suggest.js';

const KNOWN = ['name', 'description', 'parameters', 'timeoutMs', 'sayOnFailure', 'say'];

describe('suggest', () => {
  it.each([
    ['timeout', 'timeoutMs'],
    ['timeoutms', 'timeoutMs'],
    ['say_on_failure', 'sayOnFailure'],
    ['paramters', 'parameters'],
    ['nmae', 'name'],
    ['desc', undefined],
    ['zzz', undefined],
    ['url', undefined],
  ])('%s: %s', (key, meant) => {
    expect(suggest(key, KNOWN)).toBe(meant);
  });
});
