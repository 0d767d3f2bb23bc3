import { Streams, workerDurable } from '@interject/contracts';
import type { ToolCallFinished, ToolCallRequested } from '@interject/contracts';
import { Attributes, NO_SPAN, SpanNames } from '@interject/observability';
import type { Span, SpanAttributes } from '@interject/observability';
import type { ExecutionPorts, JobDelivery } from './job.types.js';

export interface TracedJob {
  readonly request: ToolCallRequested;
  /** When it was asked for, by this process's clock. */
  readonly since: number;
  readonly delivery: Pick<JobDelivery, 'deliveryCount' | 'headers'>;
  /** `traceparent` of the run before this one, if it is known. */
  readonly earlierRun: string | undefined;
}

/**
 * The span of one delivery of a job, and before the first one that of the queue it came from. A job that comes again is
 * linked to its run before, or to its tool call when that run left no word: its worker was lost with it.
 */
export function beginJobSpan(
  { tracer, clock }: Pick<ExecutionPorts, 'tracer' | 'clock'>,
  { request, since, delivery, earlierRun }: TracedJob,
): Span {
  if (tracer?.isOn !== true) return NO_SPAN;
  const { tool, callId, toolCallId } = request;
  const { deliveryCount } = delivery;
  const message = delivery.headers['traceparent'];
  const now = clock.now();
  const ids = { [Attributes.CallId]: callId, [Attributes.Tool]: tool, [Attributes.ToolCallId]: toolCallId };
  let parent = message;
  if (deliveryCount === 1) {
    const attributes = { ...messagingAttributes('receive', tool), ...ids };
    const startTime = Math.min(since, now);
    const queue = tracer.start(SpanNames.Queue, { kind: 'consumer', parent, startTime, attributes });
    queue.end({ endTime: now });
    parent = queue.traceparent;
  }
  return tracer.start(SpanNames.Job, {
    kind: 'consumer',
    parent,
    startTime: now,
    links: deliveryCount > 1 ? [earlierRun ?? message] : [],
    attributes: { ...messagingAttributes('process', tool), ...ids, [Attributes.Deliveries]: deliveryCount },
  });
}

/** The result is stored. */
export function endJobSpan(span: Span, { outcome, attempts, failure }: ToolCallFinished, endTime: number): void {
  if (span === NO_SPAN) return;
  span.end({
    endTime,
    attributes: { [Attributes.Outcome]: outcome, [Attributes.Attempts]: attempts },
    failure: outcome === 'succeeded' ? undefined : (failure?.code ?? outcome),
  });
}

/** No result: the delivery comes again. */
export function failJobSpan(span: Span, error: unknown, endTime: number): void {
  if (span === NO_SPAN) return;
  const { code } = (error ?? {}) as { readonly code?: unknown };
  span.end({ endTime, failure: typeof code === 'string' ? code : 'unexpected' });
}

function messagingAttributes(operation: 'receive' | 'process', tool: string): SpanAttributes {
  return {
    [Attributes.MessagingSystem]: 'nats',
    [Attributes.MessagingDestination]: Streams.ToolCalls,
    [Attributes.MessagingConsumer]: workerDurable(tool),
    [Attributes.MessagingOperation]: operation,
    [Attributes.MessagingOperationType]: operation,
  };
}
