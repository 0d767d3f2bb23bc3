import { forkClock, sleep, type CancelTimer, type Clock } from '../clock/clock.types.js';
import type { ControlMessage } from '../control/control-message.js';
import { armEndCallEarly } from '../faults/end-call-early.js';
import type { FaultPlan } from '../faults/fault-plan.js';
import type { Behaviour, Scenario } from '../scenario/scenario.types.js';
import type { AssistantVoice, AcceptedSpeech } from '../speech/assistant-voice.js';
import type { CallerVoice } from '../speech/caller-voice.js';
import { CallLog } from '../transcript/call-log.js';
import { DEFAULT_PROMPT } from '../webhooks/prompt.js';
import type { WebhookClient } from '../webhooks/webhook-client.js';
import { WebhookSender } from '../webhooks/webhook-sender.js';
import type { CallFacts } from './call-facts.js';
import { CallSpeech } from './call-speech.js';
import { CallWebhooks, type SentToolCalls, type ToolCallsAction } from './call-webhooks.js';
import { Conversation } from './conversation.js';
import { SilenceTimer } from './silence-timer.js';

/** What a call's state is called at Vapi. */
export type CallStatus = 'queued' | 'in-progress' | 'forwarding' | 'ended';

export interface SimulatedCallOptions {
  readonly facts: CallFacts;
  readonly scenario: Scenario;
  readonly clock: Clock;
  readonly client: WebhookClient;
  readonly faults: FaultPlan;
  /** Gives the whole run up. */
  readonly signal: AbortSignal;
}

/** One simulated call: its voices, its webhooks, its end. The caller and the assistant do what they are told. */
export class SimulatedCall {
  readonly facts: CallFacts;
  readonly clock: Clock;
  readonly log: CallLog;
  readonly faults: FaultPlan;
  private readonly scenario: Scenario;
  private readonly signal: AbortSignal;
  private readonly hangUp = new AbortController();
  private readonly conversation: Conversation;
  private readonly webhooks: CallWebhooks;
  private readonly voice: AssistantVoice;
  private readonly caller: CallerVoice;
  private readonly silence: SilenceTimer;
  private readonly timers: CancelTimer[] = [];
  private state: CallStatus = 'queued';
  private reason: string | undefined;
  private closing: Promise<void> = Promise.resolve();

  constructor(options: SimulatedCallOptions) {
    const { facts, scenario, client, faults, signal } = options;
    this.facts = facts;
    this.scenario = scenario;
    this.faults = faults;
    this.signal = signal;
    this.clock = forkClock(options.clock);
    this.log = new CallLog(facts.number, this.clock);
    this.conversation = new Conversation(scenario.prompt ?? DEFAULT_PROMPT, this.clock.epochMs());
    const { clock, log, conversation } = this;
    const { backoffPlan, timeoutSeconds, behaviour } = scenario;
    const sender = new WebhookSender({
      callId: facts.id,
      client,
      clock,
      log,
      faults,
      backoffPlan,
      timeoutSeconds,
      signal,
    });
    const server = { url: client.target.url, timeoutSeconds };
    this.webhooks = new CallWebhooks({ facts, scenario, conversation, server }, sender, clock, log);
    this.silence = new SilenceTimer(clock, behaviour.silenceTimeoutMs, () => this.end('silence-timed-out'));
    const speech = new CallSpeech(clock, behaviour, log, conversation, this.webhooks, this.silence);
    this.voice = speech.assistant;
    this.caller = speech.caller;
  }

  get status(): CallStatus {
    return this.state;
  }

  get endedReason(): string | undefined {
    return this.reason;
  }

  /** Aborts when the call ends. */
  get endedSignal(): AbortSignal {
    return this.hangUp.signal;
  }

  /** Aborts when the whole run is given up. */
  get runSignal(): AbortSignal {
    return this.signal;
  }

  get behaviour(): Behaviour {
    return this.scenario.behaviour;
  }

  /** Someone speaks or is about to. */
  get busy(): boolean {
    return this.voice.busy || this.caller.speakingForMs() !== undefined;
  }

  /** The call is answered. */
  start(): void {
    this.log.record({ type: 'call-started', callId: this.facts.id });
    this.setStatus('in-progress');
    this.webhooks.event('assistant.started');
    this.silence.start();
    const { maxDurationMs } = this.scenario.behaviour;
    if (maxDurationMs > 0) this.timers.push(this.clock.after(maxDurationMs, () => this.end('exceeded-max-duration')));
    const early = this.scenario.faults.endCallEarly;
    if (early !== undefined) this.timers.push(armEndCallEarly(early, this));
  }

  /** Moves a live call to in-progress or forwarding (a transfer), and tells the gateway. */
  setStatus(status: 'in-progress' | 'forwarding'): void {
    if (this.state === 'ended') return;
    this.state = status;
    this.log.record({ type: 'call-status', status });
    this.webhooks.event('status-update', { status });
  }

  /** The caller says something; settles when it is said. */
  callerSays(text: string): Promise<void> {
    return this.caller.speak(text);
  }

  /** The assistant says something of its own. */
  assistantSays(text: string, interruptible = true): AcceptedSpeech {
    return this.voice.say({ text, source: 'script', interruptible, replacesCurrent: false, lateMs: 0 });
  }

  /** The assistant calls tools. Their `request-start` and `request-complete` lines are spoken as Vapi does (VAPI.md 2.5). */
  toolCalls(action: ToolCallsAction): SentToolCalls {
    const sent = this.webhooks.toolCalls(action);
    for (const { tool } of sent.calls) this.sayToolMessages(tool, tool.async ? 'request-complete' : 'request-start');
    void sent.entries.then((entries) => {
      for (const { id, tool } of sent.calls) {
        const result =
          entries.find((entry) => entry.id === id)?.result ?? (tool.async ? 'Success.' : 'No result returned');
        this.conversation.add('tool_call_result', result, this.clock.nowMs(), 0, { toolCallId: id, name: tool.name });
        if (!tool.async) this.sayToolMessages(tool, 'request-complete');
      }
    });
    return sent;
  }

  /** Sends a message, or a body, of the scenario's own. */
  customWebhook(webhook: Extract<Scenario['steps'][number]['action'], { kind: 'webhook' | 'raw-webhook' }>): void {
    if (webhook.kind === 'webhook') this.webhooks.custom(webhook.message);
    else this.webhooks.raw(webhook.body);
  }

  /** What came over the control URL takes effect. The call must be live. */
  control(message: ControlMessage): void {
    switch (message.kind) {
      case 'say':
        return this.injectSpeech(message);
      case 'add-message':
        return this.injectMessage(message);
      case 'end-call':
        return this.end('assistant-ended-call');
    }
  }

  /** Ends the call: speech is cut, and the gateway hears of it a little later (VAPI.md 1.4). */
  end(reason: string): void {
    if (this.state === 'ended') return;
    this.state = 'ended';
    this.reason = reason;
    for (const cancel of this.timers) cancel();
    this.silence.stop();
    this.caller.close();
    this.voice.close();
    this.silence.stop();
    this.log.record({ type: 'call-ended', reason });
    this.hangUp.abort();
    this.closing = this.sayGoodbye(reason);
  }

  /** Settles when the call has ended and the gateway has answered, or failed to answer, everything. */
  async finished(): Promise<void> {
    await this.closing;
    await this.webhooks.settled();
  }

  private async sayGoodbye(endedReason: string): Promise<void> {
    const { endedLagMs, endReportLagMs } = this.scenario.behaviour;
    await sleep(this.clock, endedLagMs, this.signal);
    this.webhooks.event('status-update', { status: 'ended', endedReason });
    await sleep(this.clock, endReportLagMs, this.signal);
    const transcript = this.conversation.transcript();
    const durationSeconds = Math.round(this.clock.nowMs()) / 1_000;
    this.webhooks.event('end-of-call-report', { endedReason, transcript, durationSeconds, summary: '', analysis: {} });
  }

  private injectSpeech(message: ControlMessage & { kind: 'say' }): void {
    const { content: text, interruptAssistant } = message;
    const fate = this.faults.speech();
    const dropped = this.state === 'forwarding' ? 'the call is being forwarded' : undefined;
    const cause = fate?.kind === 'dropped' ? fate.cause : dropped;
    if (cause !== undefined) {
      this.log.record({ type: 'speech-dropped', text, cause });
      return;
    }
    const { done } = this.voice.say({
      text,
      source: 'say',
      interruptible: message.interruptible ?? this.scenario.behaviour.interruptionsEnabled,
      replacesCurrent: interruptAssistant,
      lateMs: fate?.kind === 'late' ? fate.delayMs : 0,
    });
    if (!message.endCallAfterSpoken) return;
    void done.then((outcome) => {
      if (outcome === 'finished') this.end('assistant-ended-call-after-message-spoken');
    });
  }

  /** A message that triggers a reply cuts the assistant and makes the model speak (VAPI.md 2.4). */
  private injectMessage({ role, content, triggers }: ControlMessage & { kind: 'add-message' }): void {
    this.log.record({ type: 'context-added', role, content, triggers });
    this.conversation.add(role === 'user' ? 'user' : 'system', content, this.clock.nowMs());
    if (!triggers) return;
    this.voice.silence();
    const { modelReply, modelLatencyMs } = this.scenario.behaviour;
    const text = modelReply.replaceAll('{{content}}', content).trim();
    if (text === '') return;
    const cancel = this.clock.after(modelLatencyMs, () => {
      this.voice.say({ text, source: 'triggered-reply', interruptible: true, replacesCurrent: false, lateMs: 0 });
    });
    this.timers.push(cancel);
  }

  private sayToolMessages(tool: SentToolCalls['calls'][number]['tool'], type: string): void {
    if (this.state === 'ended') return;
    for (const message of tool.messages) {
      if (message.type === type && message.role === 'assistant') this.assistantSays(message.content);
    }
  }
}
