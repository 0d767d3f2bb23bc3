import { forkClock, sleep, type CancelTimer, type Clock } from '../clock/clock.types.js';
import type { ControlMessage } from '../control/control-message.js';
import { armEndCallEarly } from '../faults/end-call-early.js';
import type { FaultPlan } from '../faults/fault-plan.js';
import type { Behaviour, CallerTalk, Scenario } from '../scenario/scenario.types.js';
import type { AssistantVoice, AcceptedSpeech } from '../speech/assistant-voice.js';
import type { CallerVoice } from '../speech/caller-voice.js';
import { CallLog } from '../transcript/call-log.js';
import { planOfItsOwn } from '../webhooks/backoff.js';
import { DEFAULT_PROMPT } from '../webhooks/prompt.js';
import type { WebhookClient } from '../webhooks/webhook-client.js';
import { WebhookSender } from '../webhooks/webhook-sender.js';
import { CallerHabits } from './caller-habits.js';
import type { CallFacts } from './call-facts.js';
import { callVariables } from './call-liquid.js';
import { CallSpeech } from './call-speech.js';
import { CallWebhooks, type SentToolCalls, type ToolCallsAction } from './call-webhooks.js';
import { Conversation } from './conversation.js';
import { idleMessages } from './idle-messages.js';
import { Injections } from './injections.js';
import { Model } from './model.js';
import { SilenceTimer } from './silence-timer.js';
import { ToolCalling } from './tool-calling.js';

/** What a call's state is called at Vapi. */
export type CallStatus = 'queued' | 'ringing' | 'in-progress' | 'forwarding' | 'ended';

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
  private readonly silences: readonly SilenceTimer[];
  private readonly model: Model;
  private readonly habits: CallerHabits;
  private readonly injections: Injections;
  private readonly tools: ToolCalling;
  /** What came while it rang and is to take effect when the call is answered. */
  private readonly early: ControlMessage[] = [];
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
    const { autoReply, bargeIn, behaviour, timeoutSeconds } = scenario;
    const backoffPlan = scenario.backoffPlan ?? planOfItsOwn(behaviour.repeatsWithoutPlan);
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
    const server = scenario.assistant?.server ?? { url: client.target.url, timeoutSeconds };
    this.webhooks = new CallWebhooks({ facts, scenario, conversation, server }, sender, clock, log);
    this.silences = [
      new SilenceTimer(clock, behaviour.silenceTimeoutMs, () => this.end('silence-timed-out')),
      idleMessages(clock, behaviour.idleMessages, (text) => void this.assistantSays(text)),
    ];
    const speech = new CallSpeech(clock, behaviour, log, conversation, this.webhooks, this.silences);
    const { assistant, caller } = speech;
    this.voice = assistant;
    this.caller = caller;
    const callNumber = facts.number;
    const isOnTheLine = (): boolean => this.state === 'in-progress';
    const latencyMs = behaviour.modelLatencyMs;
    this.model = new Model({ clock, log, assistant, latencyMs, autoReply, callNumber, isOnTheLine });
    this.habits = new CallerHabits({ clock, log, caller, characterMs: behaviour.characterMs, bargeIn, callNumber });
    const { model } = this;
    const end = (reason: string): void => this.end(reason);
    this.injections = new Injections({ clock, log, faults, behaviour, conversation, assistant, caller, model, end });
    this.tools = new ToolCalling({
      clock,
      conversation,
      webhooks: this.webhooks,
      model,
      behaviour,
      variables: () => callVariables(facts, scenario.callType, clock.epochMs()),
      say: (text) => this.sayUnlessOver(text),
    });
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

  /** The phone rings: nobody hears anything yet, but Vapi tells of the call. */
  ring(): void {
    this.setStatus('ringing');
  }

  /** The call is answered. */
  start(): void {
    if (this.state === 'ended') return;
    this.log.record({ type: 'call-started', callId: this.facts.id });
    this.setStatus('in-progress');
    this.webhooks.event('assistant.started');
    for (const silence of this.silences) silence.start();
    for (const message of this.early.splice(0)) this.injections.take(message);
    const { maxDurationMs } = this.scenario.behaviour;
    if (maxDurationMs > 0) this.timers.push(this.clock.after(maxDurationMs, () => this.end('exceeded-max-duration')));
    const early = this.scenario.faults.endCallEarly;
    if (early !== undefined) this.timers.push(armEndCallEarly(early, this));
  }

  /** Moves a live call on, to forwarding (a transfer) for instance, and tells the gateway. */
  setStatus(status: 'ringing' | 'in-progress' | 'forwarding'): void {
    if (this.state === 'ended') return;
    this.state = status;
    this.log.record({ type: 'call-status', status });
    this.webhooks.event('status-update', { status });
  }

  /** The caller says something; settles when it is said. */
  callerSays(text: string): Promise<void> {
    return this.caller.speak(text);
  }

  /** The caller talks at will from now on; undefined ends that. */
  callerTalks(talk: CallerTalk | undefined): void {
    this.habits.talkAtWill(talk);
  }

  /** The assistant says something of its own. */
  assistantSays(text: string, interruptible = true): AcceptedSpeech {
    return this.voice.say({ text, source: 'script', interruptible, replacesCurrent: false, lateMs: 0 });
  }

  /** The assistant calls tools. */
  toolCalls(action: ToolCallsAction): SentToolCalls {
    return this.tools.call(action);
  }

  /** Sends a message, or a body, of the scenario's own. */
  customWebhook(webhook: Extract<Scenario['steps'][number]['action'], { kind: 'webhook' | 'raw-webhook' }>): void {
    if (webhook.kind === 'webhook') this.webhooks.custom(webhook.message);
    else this.webhooks.raw(webhook.body);
  }

  /** What came over the control URL takes effect; while it rings, once the call is answered. */
  control(message: ControlMessage): void {
    if (this.state === 'queued' || this.state === 'ringing') this.early.push(message);
    else this.injections.take(message);
  }

  /** What came over the control URL was answered like a success, and nothing comes of it. */
  dropControl(message: ControlMessage, cause: string): void {
    this.injections.drop(message, cause);
  }

  /** Ends the call: speech is cut, and the gateway hears of it a little later (VAPI.md 1.4). */
  end(reason: string): void {
    if (this.state === 'ended') return;
    this.state = 'ended';
    this.reason = reason;
    for (const cancel of this.timers) cancel();
    this.habits.close();
    this.model.close();
    this.caller.close();
    this.voice.close();
    for (const silence of this.silences) silence.stop();
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

  private sayUnlessOver(text: string): void {
    if (this.state !== 'ended') this.assistantSays(text);
  }
}
