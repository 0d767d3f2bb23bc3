import type { RunReport, RunSummary } from './run.types.js';

/** The lines after a transcript: what was heard, one line each, then the verdict with its reasons. */
export function summaryLines(report: RunReport): readonly string[] {
  const heard = report.heard.map((text) => `heard: ${text.replace(/\s+/g, ' ').trim()}`);
  const calls = report.calls.length === 1 ? '1 call' : `${report.calls.length} calls`;
  if (report.verdict === 'passed') return [...heard, `passed: ${report.scenario} (${calls})`];
  return [...heard, `failed: ${report.scenario} (${calls})`, ...report.reasons.map((reason) => `  - ${reason}`)];
}

/** The machine-readable last line. */
export function summarise(report: RunReport, withEvents: boolean): RunSummary {
  const { calls, ...rest } = report;
  return { type: 'verdict', ...rest, ...(withEvents ? { calls } : {}) };
}
