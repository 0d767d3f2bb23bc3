/** The hops of a tool call, in their order; each span is a child of the one before it (docs/guides/tracing.md). */
export const SpanNames = {
  /** A webhook with tool calls, from its arrival to its answer. */
  Webhook: 'webhook',
  /** A backend's announcement, from its arrival to its answer. */
  Announcement: 'announcement',
  /** From the tool call to its delivery to a worker. */
  Queue: 'queue',
  /** From the delivery to the stored result. */
  Job: 'job',
  /** From the moment the notifier sees what is to be said until it is sent, or it is known that it will not be. */
  Hold: 'hold',
  /** The POST to the control URL. */
  Say: 'say',
  /** From the accepted POST until it is known what was heard. */
  Heard: 'heard',
} as const;
export type SpanName = (typeof SpanNames)[keyof typeof SpanNames];

/** By OpenTelemetry's semantic conventions where they have a name for it, else below `interject.`. */
export const Attributes = {
  HttpMethod: 'http.request.method',
  HttpRoute: 'http.route',
  HttpStatus: 'http.response.status_code',
  ErrorType: 'error.type',
  MessagingSystem: 'messaging.system',
  /** The stream. */
  MessagingDestination: 'messaging.destination.name',
  MessagingConsumer: 'messaging.consumer.group.name',
  MessagingOperation: 'messaging.operation.name',
  MessagingOperationType: 'messaging.operation.type',
  CallId: 'interject.call.id',
  Tool: 'interject.tool.name',
  ToolCallId: 'interject.tool_call.id',
  /** How many tool calls a webhook has. */
  ToolCalls: 'interject.tool_calls',
  Outcome: 'interject.outcome',
  /** How often a job was tried within its delivery. */
  Attempts: 'interject.job.attempts',
  /** 1 for the first time that a job is delivered. */
  Deliveries: 'interject.job.deliveries',
  /** `result`, `progress`, `announcement` or `filler`. */
  Source: 'interject.utterance.source',
  Class: 'interject.utterance.class',
  /** What became of an utterance. */
  State: 'interject.utterance.state',
  /** How often it is said by now. */
  Attempt: 'interject.utterance.attempt',
  /** Why it was never said. */
  Reason: 'interject.utterance.reason',
  /** From the accepted POST until the assistant began to speak. */
  SpeakingAfter: 'interject.utterance.speaking_after_ms',
} as const;
export type AttributeName = (typeof Attributes)[keyof typeof Attributes];
