import { SetMetadata } from '@nestjs/common';
import type { CallEventHandlerOptions, CallEventListener, HandledCallEvent } from './call-event.types.js';

/** Read by `ToolMetadataAccessor` alone. */
export const CALL_EVENT_HANDLER_METADATA = Symbol.for('interject.worker-sdk.call-event-handler');

/** A class whose instances handle the event `E`. */
type ListenerClass<E extends HandledCallEvent> = abstract new (...args: never[]) => CallEventListener<E>;

/**
 * Makes an ordinary Nest provider the handler of a call event, for all calls. The replicas of an app share the events;
 * those from before its first start are not handed over. List the class in `providers`.
 *
 * @example
 * \@CallEventHandler({ event: 'undelivered' })
 * export class SendSms implements CallEventListener<'undelivered'> {
 *   async handle(event: UtteranceUndelivered, context: CallEventContext): Promise<void> { ... }
 * }
 */
export function CallEventHandler<E extends HandledCallEvent>(
  options: CallEventHandlerOptions<E>,
): <C extends ListenerClass<E>>(target: C) => void {
  return SetMetadata(CALL_EVENT_HANDLER_METADATA, options);
}
