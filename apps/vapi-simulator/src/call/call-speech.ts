import type { Clock } from '../clock/clock.types.js';
import type { Behaviour } from '../scenario/scenario.types.js';
import { AssistantVoice } from '../speech/assistant-voice.js';
import { CallerVoice, type CallerObserver } from '../speech/caller-voice.js';
import { speakingMs, type SpeechTiming } from '../speech/speech-timing.js';
import type { SpeechOutcome, SpeechSource, Utterance, VoiceObserver } from '../speech/speech.types.js';
import type { CallLog } from '../transcript/call-log.js';
import type { CallWebhooks } from './call-webhooks.js';
import { retranscribe, type Conversation } from './conversation.js';
import type { SilenceTimer } from './silence-timer.js';

/** How long the assistant sounds before speech it started over the caller is cut. */
const CUT_AFTER_MS = 200;

/** Both voices of a call, and what their starting and stopping sets off. */
export class CallSpeech implements VoiceObserver, CallerObserver {
  readonly assistant: AssistantVoice;
  readonly caller: CallerVoice;
  private readonly timing: SpeechTiming;
  private turn = 0;
  private turnText = '';
  private assistantStartedAtMs = 0;
  private callerStartedAtMs = 0;

  constructor(
    private readonly clock: Clock,
    private readonly behaviour: Behaviour,
    private readonly log: CallLog,
    private readonly conversation: Conversation,
    private readonly webhooks: CallWebhooks,
    private readonly silences: readonly SilenceTimer[],
  ) {
    this.timing = {
      renderMs: behaviour.renderMs,
      characterMs: behaviour.characterMs,
      minimumMs: behaviour.minimumSpeechMs,
    };
    this.assistant = new AssistantVoice(clock, this.timing, this);
    this.caller = new CallerVoice(clock, this.timing, this);
  }

  accepted({ id, source, text }: Utterance): void {
    this.log.record({ type: 'speech-accepted', utteranceId: id, source, text });
  }

  started({ id, source, text, lateMs, interruptible }: Utterance): void {
    const overCallerForMs = this.caller.speakingForMs();
    this.assistantStartedAtMs = this.clock.nowMs();
    for (const silence of this.silences) silence.someoneStarted();
    this.log.record({ type: 'speech-started', utteranceId: id, source, text, overCallerForMs, lateMs });
    this.speechUpdate('started', 'assistant');
    this.speechStarted(source, text);
    if (overCallerForMs === undefined || !this.behaviour.cutWhenCallerSpeaks || !interruptible) return;
    this.clock.after(CUT_AFTER_MS, () => {
      if (this.caller.speakingForMs() !== undefined) this.assistant.cut(id, 'interrupted');
    });
  }

  stopped({ id, source, text }: Utterance, outcome: SpeechOutcome, audible: boolean): void {
    this.log.record({ type: 'speech-stopped', utteranceId: id, source, text, outcome, audible });
    if (!audible) return;
    const spokenMs = this.clock.nowMs() - this.assistantStartedAtMs;
    const share = outcome === 'finished' ? 1 : spokenMs / speakingMs(text, this.timing);
    const spoken = text.slice(0, Math.ceil(text.length * share));
    const remembered = source === 'say' && this.behaviour.retranscribeSay ? retranscribe(spoken) : spoken;
    this.conversation.add('bot', remembered, this.assistantStartedAtMs, spokenMs);
    for (const silence of this.silences) silence.someoneStopped();
    if (outcome === 'interrupted') this.webhooks.event('user-interrupted', {}, this.behaviour.speechUpdateLagMs);
    this.speechUpdate('stopped', 'assistant');
    this.talkEvents('assistant', spoken);
  }

  callerStarted(text: string): void {
    this.turn += 1;
    this.turnText = '';
    this.callerStartedAtMs = this.clock.nowMs();
    for (const silence of this.silences) silence.someoneStarted();
    this.log.record({ type: 'caller-started', text });
    this.speechUpdate('started', 'user');
    this.assistant.callerStarted();
  }

  callerStopped(text: string): void {
    this.conversation.add('user', text, this.callerStartedAtMs, this.clock.nowMs() - this.callerStartedAtMs);
    for (const silence of this.silences) silence.someoneStopped();
    this.log.record({ type: 'caller-stopped', text });
    this.speechUpdate('stopped', 'user');
    this.talkEvents('user', text);
  }

  /** Text of the whole turn so far; opt-in, and for a control `say` only where the scenario wants it (VAPI.md 1.4). */
  private speechStarted(source: SpeechSource, text: string): void {
    const isForced = source === 'say';
    if (isForced && !this.behaviour.speechStartedForSay) return;
    this.turnText = `${this.turnText} ${text}`.trim();
    const fields = { text: this.turnText, turn: this.turn, source: isForced ? 'force-say' : 'model' };
    this.webhooks.event('assistant.speechStarted', fields, this.behaviour.speechUpdateLagMs);
  }

  /** Only sent where a scenario lists them: no deployment of this product asks for them. */
  private talkEvents(role: 'assistant' | 'user', transcript: string): void {
    this.webhooks.event('transcript', { role, transcriptType: 'final', transcript });
    this.webhooks.event('conversation-update', {
      messages: this.conversation.messages(),
      messagesOpenAIFormatted: this.conversation.openAiMessages(),
    });
  }

  private speechUpdate(status: 'started' | 'stopped', role: 'assistant' | 'user'): void {
    this.webhooks.event('speech-update', { status, role, turn: this.turn }, this.behaviour.speechUpdateLagMs);
  }
}
