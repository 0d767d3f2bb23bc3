import { describe, expect, it } from '@jest/globals';
import { addCounts, countLine } from './jest-counts.mjs';

const clean = {
  numPassedTests: 5,
  numFailedTests: 0,
  numPendingTests: 0,
  numTodoTests: 0,
  numRuntimeErrorTestSuites: 0,
};

describe('addCounts', () => {
  it('adds runs up', () => {
    const other = { ...clean, numPassedTests: 2, numFailedTests: 3, numPendingTests: 1, numTodoTests: 1 };
    expect(addCounts([clean, other])).toEqual({ passed: 7, failed: 3, skipped: 2 });
  });

  it('counts a file that could not be run, and a run that did not end, as failures', () => {
    expect(addCounts([{ ...clean, numRuntimeErrorTestSuites: 2 }, undefined])).toEqual({
      passed: 5,
      failed: 3,
      skipped: 0,
    });
  });
});

describe('countLine', () => {
  it('names skipped tests only if there are some', () => {
    expect(countLine({ passed: 12, failed: 0, skipped: 0 })).toBe('12 passed, 0 failed');
    expect(countLine({ passed: 12, failed: 1, skipped: 4 })).toBe('12 passed, 1 failed, 4 skipped');
  });
});
