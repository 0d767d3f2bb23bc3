import { CallEventNames, Streams, ToolCallRestarted } from '@interject/contracts';
import type { OutgoingEvent, ToolCallRequested } from '@interject/contracts';
import { delay } from '@interject/observability';
import type { ExecutionPorts, JobDelivery } from './job.types.js';
import { storedFact } from './stored-fact.js';

/** A stop waits no longer for what is good to be known, but need not be: the lease is given back 500 ms after the abort. */
const HAND_BACK_LIMIT_MS = 300;

type RunPorts = Pick<ExecutionPorts, 'clock' | 'sink' | 'results' | 'log'>;

/**
 * How often workers have started a job. Deliveries are no measure of that: they reach processes that are suspended, and
 * are given back in good order. The first run is not recorded, so that a job that runs once costs nothing.
 */
export class JobRuns {
  private isBegun = false;
  private traceparent: string | undefined;

  private constructor(
    private readonly ports: RunPorts,
    private readonly request: ToolCallRequested,
    private readonly delivery: Pick<JobDelivery, 'deliveryCount'>,
    /** Before this delivery. */
    readonly count: number,
    /** `traceparent` of the last run that was recorded. */
    readonly earlierRun: string | undefined,
  ) {}

  /** @throws MessagingError when it cannot be looked up */
  static async before(
    ports: RunPorts,
    request: ToolCallRequested,
    delivery: Pick<JobDelivery, 'deliveryCount'>,
  ): Promise<JobRuns> {
    if (delivery.deliveryCount === 1) return new JobRuns(ports, request, delivery, 0, undefined);
    const subject = ports.sink.events.subjectOf(CallEventNames.Restarted, request);
    const last = await ports.results.last(Streams.CallEvents, subject);
    const runs = (last && storedFact(ToolCallRestarted, last))?.runs ?? 1;
    return new JobRuns(ports, request, delivery, runs, last === undefined ? undefined : traceparentOf(last));
  }

  /** What is recorded from now on is of this run. @param traceparent the header to send on */
  continueAs(traceparent: string | undefined): void {
    this.traceparent = traceparent;
  }

  /**
   * The handler is about to be started: from now on its worker can be lost with it.
   *
   * @throws MessagingError when that could not be stored: a job that kills its workers would do so without end
   */
  async begin(): Promise<void> {
    const { deliveryCount } = this.delivery;
    this.isBegun = true;
    if (deliveryCount > 1) await this.publish(this.count + 1);
  }

  /** The worker stops and gives the job back: this run does not count. Never throws, and takes 300 ms at most. */
  async handBack(): Promise<void> {
    if (!this.isBegun) return;
    const { clock, log } = this.ports;
    const { tool, callId, toolCallId } = this.request;
    const isOver = new AbortController();
    const publishing = this.publish(this.count).catch((error: unknown) => {
      log.warn('a job that is given back counts as run', { tool, callId, toolCallId, error });
    });
    await Promise.race([publishing, delay(clock, HAND_BACK_LIMIT_MS, isOver.signal)]);
    isOver.abort();
  }

  private async publish(runs: number): Promise<void> {
    const { sink, clock } = this.ports;
    const { callId, toolCallId, tool } = this.request;
    const event: OutgoingEvent = sink.events.restarted({ callId, toolCallId, tool, runs, at: clock.now() });
    const { traceparent } = this;
    await sink.publish(event, traceparent === undefined ? {} : { traceparent });
  }
}

function traceparentOf(message: object): string | undefined {
  const { headers } = message as { readonly headers?: Readonly<Record<string, string>> };
  return headers?.['traceparent'];
}
