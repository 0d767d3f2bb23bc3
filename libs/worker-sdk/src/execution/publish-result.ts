import { delay } from '@interject/observability';
import type { OutgoingEvent } from '@interject/contracts';
import { isRetryable } from './job-end.js';
import { JobFaults } from './job.types.js';
import type { ExecutionPorts } from './job.types.js';

const FIRST_WAIT_MS = 100;
const LONGEST_WAIT_MS = 2000;
/** However late the result is, this long it is tried to store it. */
const SHORTEST_EFFORT_MS = 10_000;

export interface Publication {
  readonly event: OutgoingEvent;
  readonly tool: string;
  readonly traceparent: string | undefined;
  /** When the notifier's watchdog answers the tool call itself (ms since the epoch). */
  readonly watchdogAt: number;
  /** Aborted when this process will not wait any longer. */
  readonly shutdown: AbortSignal;
}

/**
 * Stores a result; while the broker is away or full, again and again. The job is done and must not be repeated for
 * want of a publish, and first result wins, so trying long does no harm, even if the lease is lost meanwhile.
 *
 * @throws whatever the last try threw, once the watchdog has taken over, at a shutdown, or at an error that no repeat heals
 */
export async function publishResult(
  { clock, sink, observer, log }: Pick<ExecutionPorts, 'clock' | 'sink' | 'observer' | 'log'>,
  { event, tool, traceparent, watchdogAt, shutdown }: Publication,
): Promise<void> {
  const giveUpAt = Math.max(watchdogAt, clock.now() + SHORTEST_EFFORT_MS);
  for (let waitMs = FIRST_WAIT_MS; ; waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS)) {
    try {
      const { repeated } = await sink.publish(event, traceparent === undefined ? {} : { traceparent });
      if (repeated) observer.fault(tool, JobFaults.ResultRepeated);
      return;
    } catch (error) {
      if (!isRetryable(error) || shutdown.aborted || clock.now() + waitMs > giveUpAt) throw error;
      observer.fault(tool, JobFaults.PublishRetried);
      log.warn('a result could not be stored, trying again', { tool, waitMs, error });
      await delay(clock, waitMs, shutdown);
    }
  }
}
