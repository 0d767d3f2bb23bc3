const TOOL_SYNC_ERROR = Symbol.for('interject.tool-sync-error');

/** What is wanted cannot be brought into an account; the text says what to do. */
export class ToolSyncError extends Error {
  readonly [TOOL_SYNC_ERROR] = true;
  readonly code = 'tool-sync';
  readonly retryable = false;

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ToolSyncError';
  }
}

/** True for a {@link ToolSyncError}, also one from another copy of this package. */
export function isToolSyncError(value: unknown): value is ToolSyncError {
  return typeof value === 'object' && value !== null && TOOL_SYNC_ERROR in value;
}
