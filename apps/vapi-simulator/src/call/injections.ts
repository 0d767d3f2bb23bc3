import type { Clock } from '../clock/clock.types.js';
import type { ControlMessage } from '../control/control-message.js';
import type { FaultPlan } from '../faults/fault-plan.js';
import type { Behaviour } from '../scenario/scenario.types.js';
import type { AssistantVoice } from '../speech/assistant-voice.js';
import type { CallerVoice } from '../speech/caller-voice.js';
import type { CallLog } from '../transcript/call-log.js';
import type { Conversation } from './conversation.js';
import type { Model } from './model.js';

/** What injected messages act on. */
export interface InjectionTarget {
  readonly clock: Clock;
  readonly log: CallLog;
  readonly faults: FaultPlan;
  readonly behaviour: Behaviour;
  readonly conversation: Conversation;
  readonly assistant: AssistantVoice;
  readonly caller: CallerVoice;
  readonly model: Model;
  end(reason: string): void;
}

/** What came over the control URL takes effect here. */
export class Injections {
  constructor(private readonly target: InjectionTarget) {}

  /** Lets a message take effect. The call must be live. */
  take(message: ControlMessage): void {
    switch (message.kind) {
      case 'say':
        return this.say(message);
      case 'add-message':
        return this.addMessage(message);
      case 'end-call':
        return this.target.end('assistant-ended-call');
    }
  }

  /** A message was answered like a success, and nothing comes of it. */
  drop(message: ControlMessage, cause: string): void {
    const { log } = this.target;
    if (message.kind === 'say') log.record({ type: 'speech-dropped', text: message.content, cause });
    else log.record({ type: 'control-dropped', kind: message.kind, cause });
  }

  private say(message: ControlMessage & { kind: 'say' }): void {
    const { assistant, behaviour, faults } = this.target;
    const fate = faults.speech();
    if (fate?.kind === 'dropped') return this.drop(message, fate.cause);
    const interruptible = message.interruptible ?? behaviour.interruptionsEnabled;
    const { done } = assistant.say({
      text: message.content,
      source: 'say',
      interruptible,
      replacesCurrent: message.interruptAssistant,
      lateMs: fate?.kind === 'late' ? fate.delayMs : 0,
    });
    if (message.endCallAfterSpoken) void done.then((outcome) => this.endAfter(outcome === 'finished', interruptible));
  }

  /** A caller who cut it, or who is talking into its end, keeps the call up if they may interrupt (VAPI.md 2.3). */
  private endAfter(isFinished: boolean, interruptible: boolean): void {
    const isPrevented = interruptible && this.target.caller.speakingForMs() !== undefined;
    if (isFinished && !isPrevented) this.target.end('assistant-ended-call-after-message-spoken');
  }

  /** A message that triggers a reply cuts the assistant and makes the model speak (VAPI.md 2.4). */
  private addMessage({ role, content, triggers }: ControlMessage & { kind: 'add-message' }): void {
    const { assistant, behaviour, clock, conversation, log, model } = this.target;
    log.record({ type: 'context-added', role, content, triggers });
    conversation.add(role === 'user' ? 'user' : role === 'assistant' ? 'bot' : 'system', content, clock.nowMs());
    if (!triggers) return;
    assistant.silence();
    model.replyWith(behaviour.modelReply.replaceAll('{{content}}', content), 'triggered-reply');
  }
}
