/**
 * @typedef {object} JestReport what Jest writes with --json
 * @property {number} numPassedTests
 * @property {number} numFailedTests
 * @property {number} numPendingTests
 * @property {number} numTodoTests
 * @property {number} numRuntimeErrorTestSuites
 *
 * @typedef {{ passed: number, failed: number, skipped: number }} Counts
 */

/**
 * Adds the counts of several runs up. A file that could not even be run has no tests to count, and a run without a
 * report did not get to its end: each counts as one failure, so that "0 failed" is never said over a broken run.
 * @param {readonly (JestReport | undefined)[]} reports undefined for a run that wrote none
 * @returns {Counts}
 */
export function addCounts(reports) {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  for (const report of reports) {
    counts.passed += report?.numPassedTests ?? 0;
    counts.failed += report ? report.numFailedTests + report.numRuntimeErrorTestSuites : 1;
    counts.skipped += (report?.numPendingTests ?? 0) + (report?.numTodoTests ?? 0);
  }
  return counts;
}

/**
 * The closing line of `npm test`.
 * @param {Counts} counts
 */
export function countLine({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}
