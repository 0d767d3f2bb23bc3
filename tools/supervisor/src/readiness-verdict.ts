import type { ServiceRole } from './service-list.js';

/** What a probe of one process found. */
export type ProbeResult =
  | { readonly kind: 'unreachable' }
  /** `checks` only names those that are down. */
  | {
      readonly kind: 'answered';
      readonly status: string;
      readonly down: readonly string[];
      readonly tools: readonly string[];
    };

export interface ProcessReport {
  readonly id: string;
  readonly role: ServiceRole;
  readonly result: ProbeResult;
}

export interface ReadinessVerdict {
  readonly ready: boolean;
  /** One line for each thing that is still missing. */
  readonly missing: readonly string[];
}

/**
 * Decides whether the whole is ready: every process says so, and each gateway knows the tools of every worker.
 * (A gateway is ready on its own account before a worker has registered its tools, and would answer "unknown tool".)
 */
export function readinessVerdict(reports: readonly ProcessReport[]): ReadinessVerdict {
  const missing = reports.flatMap((report) => {
    const fault = notReady(report.result);
    return fault === undefined ? [] : [`${report.id}: ${fault}`];
  });
  const offered = new Set(reports.flatMap((report) => (report.role === 'worker' ? toolsOf(report.result) : [])));
  for (const gateway of reports.filter((report) => report.role === 'gateway' && isReady(report.result))) {
    const known = new Set(toolsOf(gateway.result));
    const unknown = [...offered].filter((tool) => !known.has(tool));
    if (unknown.length > 0) missing.push(`${gateway.id}: does not know the tools ${unknown.join(', ')} yet`);
  }
  return { ready: missing.length === 0, missing };
}

/** Whether a process says that it is ready. */
export function isReady(result: ProbeResult): boolean {
  return notReady(result) === undefined;
}

function notReady(result: ProbeResult): string | undefined {
  if (result.kind === 'unreachable') return 'does not answer';
  if (result.status === 'ready') return undefined;
  return result.down.length > 0 ? `${result.status} (${result.down.join(', ')} down)` : result.status;
}

function toolsOf(result: ProbeResult): readonly string[] {
  return result.kind === 'answered' ? result.tools : [];
}
