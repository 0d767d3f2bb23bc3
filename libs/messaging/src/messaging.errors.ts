/** What can go wrong between us and NATS, as callers have to tell it apart. */
export const MessagingErrorCodes = {
  /** No connection at the moment; the client reconnects by itself. */
  Disconnected: 'disconnected',
  /** No acknowledgement in time: it may or may not have been stored. */
  Timeout: 'timeout',
  /** The stream reached `max_bytes`, or the server its storage limit. */
  StoreFull: 'store-full',
  PayloadTooLarge: 'payload-too-large',
  /** Somebody else wrote the subject first. */
  SequenceConflict: 'sequence-conflict',
  KeyExists: 'key-exists',
  /** Nobody answers on that subject. */
  NoResponder: 'no-responder',
  /** The installation has another number of partitions than was asked for. */
  PartitionMismatch: 'partition-mismatch',
  /** NATS does not know the user, or does not let it do that. */
  NotPermitted: 'not-permitted',
  /** No service has ever started on that NATS. */
  NotInstalled: 'not-installed',
  /** The server cannot be used as it is configured: its message size, or too few servers for the copies asked for. */
  ServerUnfit: 'server-unfit',
  /** A stream is there that cannot become what is needed. */
  StreamConflict: 'stream-conflict',
  Unexpected: 'unexpected',
} as const;
export type MessagingErrorCode = (typeof MessagingErrorCodes)[keyof typeof MessagingErrorCodes];

const MESSAGING_ERROR = Symbol.for('interject.messaging-error');

const RETRYABLE: ReadonlySet<MessagingErrorCode> = new Set<MessagingErrorCode>([
  MessagingErrorCodes.Disconnected,
  MessagingErrorCodes.Timeout,
  MessagingErrorCodes.StoreFull,
  MessagingErrorCodes.NoResponder,
  MessagingErrorCodes.Unexpected,
]);

/** The only error that leaves this library on account of NATS; the client's own stays its cause. */
export class MessagingError extends Error {
  readonly [MESSAGING_ERROR] = true;
  readonly retryable: boolean;

  constructor(
    readonly code: MessagingErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'MessagingError';
    this.retryable = RETRYABLE.has(code);
  }
}

/** True for a {@link MessagingError}, also one from another copy of this package. */
export function isMessagingError(value: unknown): value is MessagingError {
  return typeof value === 'object' && value !== null && MESSAGING_ERROR in value;
}

/** True when a write lost to another one: the key exists, or its revision is another by now. */
export function isWriteConflict(value: unknown): value is MessagingError {
  if (!isMessagingError(value)) return false;
  return value.code === MessagingErrorCodes.KeyExists || value.code === MessagingErrorCodes.SequenceConflict;
}
