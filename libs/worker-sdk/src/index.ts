export { ToolHandler } from './tool-handler.decorator.js';
export { CallEventHandler } from './call-events/call-event-handler.decorator.js';
export { CALL_EVENT_DEFAULTS } from './call-events/call-event.types.js';
export type {
  CallEventContext,
  CallEventHandlerOptions,
  CallEventListener,
  CallEvents,
  HandledCallEvent,
} from './call-events/call-event.types.js';
export { ProvidesTools } from './provides-tools.decorator.js';
export { Describe } from './describe.decorator.js';
export { FromCall } from './from-call.decorator.js';
export { NoArguments } from './no-arguments.js';
export type {
  ArgumentsClass,
  Callback,
  CallbackAnswer,
  DuplicateOptions,
  FillerOptions,
  RateLimit,
  RetryOptions,
  SpokenText,
  Tool,
  ToolCallContext,
  ToolFailure,
  ToolHandlerOptions,
  ToolLog,
} from './tool.types.js';
export type { OwnToolDefinition, ToolRegistration, ToolSource, ValidatedArguments } from './tool-source.types.js';
export {
  AbortCodes,
  isToolCallAborted,
  isToolError,
  NonRetryableError,
  ToolCallAborted,
  ToolError,
} from './tool-errors.js';
export type { AbortCode, ToolErrorOptions } from './tool-errors.js';
export { MAX_PLAIN_RESULT } from './execution/wording.js';
export { parseRetryAfter } from './retry-after.js';
export { RegisteredTools } from './registration/registered-tools.js';
export type { ToolContest, ToolsCheck } from './registration/registered-tools.js';
export { WorkerHealth } from './worker-health.js';
export { isWorkerStartError, WorkerStartError } from './worker-start.errors.js';
export { TOOL_CALL_STRATEGY } from './worker.constants.js';
export { WorkerModule } from './worker.module.js';
export type { CallbackOptions, WorkerModuleAsyncOptions, WorkerOptions } from './worker.types.js';
export { DEFAULT_CONCURRENCY, ownDefinition } from './definition/own-definition.js';
