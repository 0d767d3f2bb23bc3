import { CallEventNames, signCallbackToken, Streams } from '@interject/contracts';
import type { ToolCallRequested } from '@interject/contracts';
import { delay } from '@interject/observability';
import { isRetryable } from '../execution/job-end.js';
import type { CallbackAnswers, ExecutionPorts } from '../execution/job.types.js';
import { ToolError } from '../tool-errors.js';
import type { Callback, CallbackAnswer } from '../tool.types.js';

const RETRY_MS = 500;
const NOT_SET_UP =
  'This worker cannot wait for callbacks: set GATEWAY_PUBLIC_URL (where backends reach the gateway) and CALLBACK_SECRET (the same as at the gateway).';

type CallbackJobPorts = Pick<ExecutionPorts, 'callbacks' | 'sink' | 'results' | 'clock' | 'log'>;

export interface CallbackJob {
  readonly request: ToolCallRequested;
  readonly traceparent: string | undefined;
}

/** The URL of a tool call's callback. */
export function callbackUrl(
  { publicUrl, secret }: { readonly publicUrl: string; readonly secret: string },
  { callId, toolCallId, tool, requestedAt, watchdogMs }: ToolCallRequested,
): string {
  const token = signCallbackToken(secret, { callId, toolCallId, tool, expiresAt: requestedAt + watchdogMs });
  return `${publicUrl.replace(/\/+$/, '')}/callbacks/${token}`;
}

/** Makes the callbacks that the attempts of one job ask for. */
export class JobCallbacks {
  private hasBackend = false;

  constructor(
    private readonly ports: CallbackJobPorts,
    private readonly job: CallbackJob,
  ) {}

  /** True once a backend is known to have the job: nothing but its callback can bring it on. */
  get isHandedOver(): boolean {
    return this.hasBackend;
  }

  /**
   * @param mayBeHandedOver true if an attempt before this one, here or elsewhere, may have handed the job over
   * @param signal ends every wait
   * @throws NonRetryableError when this worker is not set up for callbacks; `signal.reason`
   */
  async open(mayBeHandedOver: boolean, signal: AbortSignal): Promise<Callback> {
    const { callbacks, log } = this.ports;
    const { tool, callId, toolCallId } = this.job.request;
    if (callbacks === undefined) {
      log.error('a handler wants a callback: set GATEWAY_PUBLIC_URL and CALLBACK_SECRET', { tool, callId, toolCallId });
      throw ToolError.nonRetryable(NOT_SET_UP, { code: 'callbacks-not-set-up' });
    }
    const { answers } = callbacks;
    this.hasBackend ||= mayBeHandedOver && (await this.wasHandedOver(answers, signal));
    return {
      url: callbackUrl(callbacks, this.job.request),
      wasHandedOver: this.hasBackend,
      handedOver: () => observed(this.handedOver(signal)),
      answer: () => observed(answers.answer(this.job.request, signal).then(toAnswer)),
      peek: () =>
        observed(
          answers.stored(this.job.request, signal).then((event) => (event === undefined ? event : toAnswer(event))),
        ),
    };
  }

  /** Its callback says as much as the hand-over: a worker may be lost after the one and before the other. */
  private async wasHandedOver(answers: CallbackAnswers, signal: AbortSignal): Promise<boolean> {
    return (await this.handOverIsStored(signal)) || (await answers.stored(this.job.request, signal)) !== undefined;
  }

  private async handOverIsStored(signal: AbortSignal): Promise<boolean> {
    const { results, sink } = this.ports;
    const subject = sink.events.subjectOf(CallEventNames.HandedOver, this.job.request);
    // Asked for until it is known: a backend that is asked twice may do the job twice.
    return this.insist(signal, async () => (await results.last(Streams.CallEvents, subject)) !== undefined);
  }

  private async handedOver(signal: AbortSignal): Promise<void> {
    const { sink, clock } = this.ports;
    const { callId, toolCallId, tool } = this.job.request;
    const { traceparent } = this.job;
    // The backend has it from now on, whether or not that can be stored in time.
    this.hasBackend = true;
    const event = sink.events.handedOver({ callId, toolCallId, tool, at: clock.now() });
    await this.insist(signal, () => sink.publish(event, traceparent === undefined ? {} : { traceparent }));
  }

  /** Tries until it succeeds, no repeat can heal it, or nobody wants it any more. */
  private async insist<T>(signal: AbortSignal, action: () => Promise<T>): Promise<T> {
    const { clock, log } = this.ports;
    const { tool, callId, toolCallId } = this.job.request;
    for (;;) {
      signal.throwIfAborted();
      try {
        return await action();
      } catch (error) {
        if (!isRetryable(error)) throw error;
        log.warn('the hand-over of a job could not be stored or looked up, trying again', {
          tool,
          callId,
          toolCallId,
          error,
        });
        await delay(clock, RETRY_MS, signal);
      }
    }
  }
}

function toAnswer({ outcome, data }: { readonly outcome: CallbackAnswer['outcome']; readonly data?: unknown }) {
  return { outcome, ...(data !== undefined && { data }) };
}

/** A handler that does not wait for it any more must not end the process with a rejection that nobody handles. */
function observed<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined);
  return promise;
}
