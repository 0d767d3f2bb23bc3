import type { SpeechPlan, ToolCallRequested } from '@interject/contracts';
import { JobFaults } from './job.types.js';
import type { ExecutionPorts, JobFault } from './job.types.js';
import { ProgressGate } from './progress-gate.js';
import { fitSpeech, fitText } from './wording.js';

type ProgressPorts = Pick<ExecutionPorts, 'clock' | 'sink' | 'observer' | 'log'>;

interface Report {
  readonly text: string;
  readonly speech?: SpeechPlan;
}

/**
 * Publishes the progress reports of one job, numbered from 1 over all its attempts and bounded by {@link ProgressGate}.
 * Never throws.
 */
export class ProgressReporter {
  private readonly gate = new ProgressGate<Report>();
  private timer: unknown;
  private isWaiting = false;
  private sequence = 0;

  constructor(
    private readonly ports: ProgressPorts,
    private readonly request: ToolCallRequested,
    private readonly traceparent: string | undefined,
  ) {}

  /**
   * Settles once the report is stored, or at once if it has to wait or is dropped: a handler is not slowed down by
   * reporting often.
   *
   * @param isOpen false once the attempt that reports has been decided: its report would come after the result
   */
  async report(isOpen: boolean, text: unknown, speech: SpeechPlan | undefined): Promise<void> {
    // A replay that nobody is there to hear.
    if (this.request.isSilent === true) return;
    const line = typeof text === 'string' ? fitText(text) : undefined;
    if (!isOpen || line === undefined) {
      this.drop(JobFaults.ProgressDropped, 'a progress report was dropped: it came too late or has no text');
      return;
    }
    const plan = fitSpeech(speech, (fault, error) => {
      const { tool, callId, toolCallId } = this.request;
      this.ports.observer.fault(tool, fault);
      this.ports.log.warn('a speech plan does not fit and is left out', { tool, callId, toolCallId, error });
    });
    const report = { text: line, ...(plan && { speech: plan }) };
    const decision = this.gate.offer(report, this.ports.clock.monotonic());
    switch (decision.kind) {
      case 'publish':
        return this.publish(report);
      case 'hold':
        if (decision.replaces) this.drop(JobFaults.ProgressReplaced, 'a newer progress report took the place of one');
        this.wait(decision.waitMs);
        return;
      case 'drop':
        this.drop(JobFaults.ProgressDropped, 'a progress report was dropped: its tool call has made too many');
    }
  }

  /** The job has ended: a report that still waits would come after the result. */
  close(): void {
    this.ports.clock.clearTimeout(this.timer);
    if (this.gate.close())
      this.drop(JobFaults.ProgressDropped, 'a progress report was dropped: the result overtook it');
  }

  private wait(ms: number): void {
    if (this.isWaiting) return;
    this.isWaiting = true;
    this.timer = this.ports.clock.setTimeout(() => {
      this.isWaiting = false;
      const report = this.gate.take(this.ports.clock.monotonic());
      if (report !== undefined) void this.publish(report);
    }, ms);
  }

  private async publish(report: Report): Promise<void> {
    const { sink, observer, log, clock } = this.ports;
    const { tool, callId, toolCallId } = this.request;
    this.sequence += 1;
    const event = sink.events.progress({
      callId,
      toolCallId,
      tool,
      ...report,
      sequence: this.sequence,
      at: clock.now(),
    });
    try {
      await sink.publish(event, this.traceparent === undefined ? {} : { traceparent: this.traceparent });
    } catch (error) {
      observer.fault(tool, JobFaults.ProgressLost);
      log.warn('a progress report could not be stored and is lost', { tool, callId, toolCallId, error });
    }
  }

  private drop(fault: JobFault, message: string): void {
    const { tool, callId, toolCallId } = this.request;
    this.ports.observer.fault(tool, fault);
    this.ports.log.debug(message, { tool, callId, toolCallId });
  }
}
