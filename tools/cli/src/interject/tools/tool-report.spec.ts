import { describe, expect, it } from '@jest/globals';
import { conflictsOf } from './tool-report.js';

const replica = (worker: string, version: string) => ({ worker, version, replica: `${worker}-${version}` });

describe('conflictsOf', () => {
  it.each([
    [[], []],
    [[replica('a', '1'), replica('a', '1')], []],
    [[replica('a', '1'), replica('a', '2')], ['replicas of a run several versions: 1, 2']],
    [[replica('b', '1'), replica('a', '1')], ['several workers offer it: a, b']],
  ])('finds in %j: %j', (replicas, conflicts) => {
    expect(conflictsOf(replicas)).toEqual(conflicts);
  });
});
