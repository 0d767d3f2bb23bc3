import { isMessagingError } from '@interject/messaging';
import type { Clock, Log } from '@interject/observability';
import type { ControlClient, ControlOutcome, ControlTarget } from '@interject/vapi';
import type { PostOutcome, SpeechMessage } from '@interject/speech';
import type { NotifierMetrics } from '../notifier-metrics.js';
import type { ControlUrls } from './control-urls.js';

interface Permission {
  readonly maySend: () => boolean;
  readonly mayWrite: () => boolean;
}

/** Puts speech into calls, one POST at a time as told; knows nothing of when. */
export class CallSender {
  constructor(
    private readonly client: Pick<ControlClient, 'say' | 'addMessage'>,
    private readonly urls: ControlUrls,
    private readonly clock: Clock,
    private readonly metrics: NotifierMetrics,
    private readonly log: Log,
  ) {}

  /**
   * @param maySend asked before a connection is made: ownership may have lapsed while the URL was looked for
   * @param mayWrite asked last, when the connection stands and the request is about to be written
   */
  async send(
    callId: string,
    message: SpeechMessage,
    maySend: () => boolean,
    mayWrite: () => boolean,
  ): Promise<PostOutcome> {
    const startedAt = this.clock.monotonic();
    const outcome = await this.post(callId, message, { maySend, mayWrite });
    this.metrics.posted(outcome, this.clock.monotonic() - startedAt);
    return outcome;
  }

  private async post(callId: string, message: SpeechMessage, permission: Permission): Promise<PostOutcome> {
    const url = await this.urls.find(callId).catch((error: unknown) => {
      // Nothing was sent; the same as a control URL that cannot be reached.
      this.log.warn('no control URL could be looked up', { callId, error, isMessaging: isMessagingError(error) });
      return { kind: 'unavailable' as const };
    });
    if (url.kind === 'unavailable') return 'unreachable';
    if (url.kind === 'none') return 'no-control-url';
    if (!permission.maySend()) return 'abandoned';
    const first = await this.dispatch({ callId, controlUrl: url.controlUrl }, message, permission);
    const outcome =
      first.kind === 'refused' ? await this.tryChangedUrl(callId, url.controlUrl, message, permission, first) : first;
    if (outcome.kind === 'accepted' || outcome.kind === 'abandoned') return outcome.kind;
    this.log.warn('a control URL did not accept', {
      callId,
      outcome: outcome.kind,
      ...('code' in outcome ? { code: outcome.code } : {}),
      ...('status' in outcome ? { status: outcome.status } : {}),
    });
    return outcome.kind;
  }

  /** A call's control URL may change (transfer, handoff): what was refused at the old one was certainly not said. */
  private async tryChangedUrl(
    callId: string,
    refusedUrl: string,
    message: SpeechMessage,
    permission: Permission,
    refused: ControlOutcome,
  ): Promise<ControlOutcome> {
    this.urls.forget(callId);
    const url = await this.urls.find(callId).catch(() => undefined);
    if (url?.kind !== 'found' || url.controlUrl === refusedUrl || !permission.maySend()) return refused;
    return this.dispatch({ callId, controlUrl: url.controlUrl }, message, permission);
  }

  private async dispatch(
    target: ControlTarget,
    message: SpeechMessage,
    { mayWrite }: Permission,
  ): Promise<ControlOutcome> {
    if (message.kind === 'add-message') {
      const context = {
        message: { role: 'system' as const, content: message.text },
        triggerResponseEnabled: message.triggersReply,
      };
      return this.client.addMessage(target, context, { mayWrite });
    }
    const say = {
      content: message.text,
      interruptAssistantEnabled: message.interruptAssistant,
      interruptionsEnabled: message.callerMayInterrupt,
      endCallAfterSpoken: message.endCallAfter,
    };
    return this.client.say(target, say, { mayWrite });
  }
}
