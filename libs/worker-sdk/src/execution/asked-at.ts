import type { ToolCallRequested } from '@interject/contracts';
import type { ExecutionPorts, JobDelivery } from './job.types.js';

/** The first heartbeat comes back within milliseconds of the start; a broker that is slower is not waited for. */
const BROKER_TIME_WITHIN_MS = 1000;

/**
 * When a tool call was asked for, on this process's clock. `requestedAt` is of a gateway's clock: by that a job would be
 * half a minute old at once, or be waited with half a minute longer than its watchdog does.
 */
export async function askedAt(
  { clock, brokerTime }: Pick<ExecutionPorts, 'clock' | 'brokerTime'>,
  { requestedAt, queueExpiryMs }: ToolCallRequested,
  { storedAt }: JobDelivery,
): Promise<number> {
  if (brokerTime === undefined || storedAt === undefined) return requestedAt;
  // Only one that looks old is worth a wait.
  if (clock.now() - requestedAt > queueExpiryMs) await brokerTime.known(BROKER_TIME_WITHIN_MS);
  const ageMs = brokerTime.ageOf(storedAt);
  return ageMs === undefined ? requestedAt : clock.now() - ageMs;
}
