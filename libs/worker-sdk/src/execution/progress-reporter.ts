import type { SpeechPlan, ToolCallRequested } from '@interject/contracts';
import { JobFaults } from './job.types.js';
import type { ExecutionPorts } from './job.types.js';
import { fitSpeech, fitText } from './wording.js';

type ProgressPorts = Pick<ExecutionPorts, 'clock' | 'sink' | 'observer' | 'log'>;

/** Publishes the progress reports of one job, numbered from 1 over all its attempts. Never throws. */
export class ProgressReporter {
  private sequence = 0;

  constructor(
    private readonly ports: ProgressPorts,
    private readonly request: ToolCallRequested,
    private readonly traceparent: string | undefined,
  ) {}

  /** @param isOpen false once the attempt that reports has been decided: its report would come after the result */
  async report(isOpen: boolean, text: unknown, speech: SpeechPlan | undefined): Promise<void> {
    const { sink, observer, log, clock } = this.ports;
    const { tool, callId, toolCallId } = this.request;
    const line = typeof text === 'string' ? fitText(text) : undefined;
    if (!isOpen || line === undefined) {
      observer.fault(tool, JobFaults.ProgressDropped);
      log.debug('a progress report was dropped: it came too late or has no text', { tool, callId, toolCallId });
      return;
    }
    const plan = fitSpeech(speech, (fault, error) => {
      observer.fault(tool, fault);
      log.warn('a speech plan does not fit and is left out', { tool, callId, toolCallId, error });
    });
    this.sequence += 1;
    const event = sink.events.progress({
      callId,
      toolCallId,
      tool,
      text: line,
      sequence: this.sequence,
      at: clock.now(),
      ...(plan && { speech: plan }),
    });
    try {
      await sink.publish(event, this.traceparent === undefined ? {} : { traceparent: this.traceparent });
    } catch (error) {
      observer.fault(tool, JobFaults.ProgressLost);
      log.warn('a progress report could not be stored and is lost', { tool, callId, toolCallId, error });
    }
  }
}
