import { ErrorCode, NatsError } from 'nats';
import { isMessagingError, MessagingError, MessagingErrorCodes } from '../messaging.errors.js';
import type { MessagingErrorCode } from '../messaging.errors.js';

/** JetStream error codes, server/errors.json of nats-server. */
export const JetStreamErrorCodes = {
  WrongLastSequence: 10071,
  NoMessageFound: 10037,
  StreamNotFound: 10059,
  StreamNameInUse: 10058,
  SubjectsOverlap: 10065,
  ConsumerNotFound: 10014,
} as const;

/** 10023 insufficient resources, 10047 insufficient storage, 10077 the stream's own limit (max bytes, with discard new). */
const STORE_FULL = new Set([10023, 10047, 10077]);
/** 10054 message exceeds the stream's maximum, 10026 the account's. */
const TOO_LARGE = new Set([10026, 10054]);

/** The error code of JetStream's API within a client error, if there is one. */
export function jetStreamCode(error: unknown): number | undefined {
  return error instanceof NatsError ? error.api_error?.err_code : undefined;
}

const CLIENT_CODES: Readonly<Record<string, MessagingErrorCode>> = {
  [ErrorCode.Timeout]: MessagingErrorCodes.Timeout,
  [ErrorCode.ConnectionClosed]: MessagingErrorCodes.Disconnected,
  [ErrorCode.ConnectionDraining]: MessagingErrorCodes.Disconnected,
  [ErrorCode.Disconnect]: MessagingErrorCodes.Disconnected,
  [ErrorCode.ConnectionRefused]: MessagingErrorCodes.Disconnected,
  [ErrorCode.MaxPayloadExceeded]: MessagingErrorCodes.PayloadTooLarge,
  [ErrorCode.NoResponders]: MessagingErrorCodes.NoResponder,
  [ErrorCode.PermissionsViolation]: MessagingErrorCodes.NotPermitted,
  [ErrorCode.AuthorizationViolation]: MessagingErrorCodes.NotPermitted,
  [ErrorCode.AuthenticationExpired]: MessagingErrorCodes.NotPermitted,
  [ErrorCode.AccountExpired]: MessagingErrorCodes.NotPermitted,
};

const TEXTS: Readonly<Record<MessagingErrorCode, string>> = {
  disconnected: 'is not connected to NATS; it reconnects by itself',
  timeout: 'got no acknowledgement in time',
  'store-full': 'was refused because the store is full; raise the limits of the stream or of the server',
  'payload-too-large': "was refused because the message is larger than the server's max_payload",
  'sequence-conflict': 'was refused because another writer came first',
  'key-exists': 'was refused because the key exists',
  'no-responder': 'got no answer: nobody listens, or JetStream is not ready',
  'partition-mismatch': 'does not fit the number of partitions of this installation',
  'not-permitted': 'was refused by NATS: this user may not do that (docs/guides/nats.md, Access)',
  'not-installed': 'found no Interject installation in this NATS',
  'server-unfit': 'does not fit the configuration of the NATS server',
  'stream-conflict': 'met a stream that is not as it has to be',
  unexpected: 'failed unexpectedly; see the cause',
};

/** What an operator has to grant first is tried again more seldom. */
const REFUSED_RETRY_MS = 5000;

/** How long to wait before something that failed is tried again, milliseconds. @param usualMs what may heal by itself */
export function retryDelay(cause: unknown, usualMs: number): number {
  const code = isMessagingError(cause) ? cause.code : classify(cause);
  return code === MessagingErrorCodes.NotPermitted ? REFUSED_RETRY_MS : usualMs;
}

/** Turns whatever the client threw during `action` (a short constant) into a {@link MessagingError}. */
export function toMessagingError(action: string, cause: unknown): MessagingError {
  if (isMessagingError(cause)) return cause;
  const code = classify(cause);
  const refused = cause instanceof NatsError ? cause.permissionContext : undefined;
  const text = refused === undefined ? TEXTS[code] : refusal(refused);
  return new MessagingError(code, `${action} ${text}`, { cause });
}

/** Subjects hold names and hashes, nothing private. */
function refusal({ operation, subject }: { readonly operation: string; readonly subject: string }): string {
  const what = operation === 'publish' ? 'publish to' : 'subscribe to';
  return `was refused by NATS: this user may not ${what} ${subject}. Grant it in deploy/nats/users.conf (docs/guides/nats.md, Access)`;
}

function classify(cause: unknown): MessagingErrorCode {
  const api = jetStreamCode(cause);
  if (api === JetStreamErrorCodes.WrongLastSequence) return MessagingErrorCodes.SequenceConflict;
  if (api !== undefined && STORE_FULL.has(api)) return MessagingErrorCodes.StoreFull;
  if (api !== undefined && TOO_LARGE.has(api)) return MessagingErrorCodes.PayloadTooLarge;
  if (cause instanceof NatsError) return CLIENT_CODES[cause.code] ?? MessagingErrorCodes.Unexpected;
  return MessagingErrorCodes.Unexpected;
}
