import { connect } from 'node:net';
import type { ReadinessProbe } from './process-plan.js';
import type { ProbeResult } from './readiness-verdict.js';

const PROBE_TIMEOUT_MS = 2_000;
const UNREACHABLE: ProbeResult = { kind: 'unreachable' };

/** Asks a process whether it is ready. Never throws: whatever goes wrong is `unreachable`. */
export async function probeReadiness(probe: ReadinessProbe): Promise<ProbeResult> {
  if (probe.kind === 'port') {
    return (await isListening(probe.port)) ? { kind: 'answered', status: 'ready', down: [], tools: [] } : UNREACHABLE;
  }
  try {
    const response = await fetch(`http://127.0.0.1:${probe.port}/health/ready`, {
      signal: AbortSignal.timeout(PROBE_TIMEOUT_MS),
    });
    return parseReadiness(await response.json());
  } catch {
    return UNREACHABLE;
  }
}

/** Reads the body of `/health/ready`; anything that is not one is `unreachable`. */
export function parseReadiness(body: unknown): ProbeResult {
  if (!isRecord(body) || typeof body['status'] !== 'string') return UNREACHABLE;
  const checks = isRecord(body['checks']) ? Object.entries(body['checks']) : [];
  const down = checks.filter(([, check]) => isRecord(check) && check['status'] === 'down').map(([name]) => name);
  const tools = checks.find(([name]) => name === 'tools')?.[1];
  const names = isRecord(tools) && Array.isArray(tools['names']) ? (tools['names'] as readonly unknown[]) : [];
  return {
    kind: 'answered',
    status: body['status'],
    down,
    tools: names.filter((name): name is string => typeof name === 'string'),
  };
}

/** Whether somebody accepts connections on a local port. */
export function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port, timeout: PROBE_TIMEOUT_MS });
    const settle = (listening: boolean): void => {
      socket.destroy();
      resolve(listening);
    };
    socket.once('connect', () => settle(true));
    socket.once('error', () => settle(false));
    socket.once('timeout', () => settle(false));
  });
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
