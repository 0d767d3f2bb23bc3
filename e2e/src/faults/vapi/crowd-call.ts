import { setTimeout as sleep } from 'node:timers/promises';
import type { Dice } from '../run/dice.js';
import type { Sighting } from '../account/account.types.js';
import { floorKey } from '../account/stream-readings.js';
import { markersIn } from './tracked-tool-call.js';
import type { TrackedToolCall } from './tracked-tool-call.js';
import { Voice } from './voice.js';
import type { Role } from './voice.js';
import type { WebhookSender } from './webhook-sender.js';
import { callMessages, toolCallsMessage } from './webhook-messages.js';
import type { CallPlan, PlannedToolCall } from './call-plan.js';

/** What a call needs of the crowd it belongs to. */
export interface CallSurroundings {
  readonly webhooks: WebhookSender;
  readonly controlUrl: string;
  /** Told of each tool call when it is asked for. */
  readonly track: (toolCall: TrackedToolCall) => void;
  /** Told of answers that no Vapi could use. */
  readonly report: (problem: string) => void;
}

/** From the caller's last word to the tool call, and to the assistant's own answer. */
const THINKING_MS = 40;
const ANSWERING_MS = 120;
const POLL_MS = 40;
const SPEAKERS = { user: 'caller', assistant: 'assistant' } as const;
/** A webhook is answered within this time by a gateway that is well. */
const SOON_MS = 500;

/** A change of who speaks, and how its webhook fared. */
export interface ToldSpeech {
  /** Monotonic ms. */
  readonly from: number;
  /** Of {@link floorKey}. */
  readonly key: string;
  /** It was answered 200. */
  isTaken: boolean;
  /** An attempt was refused or taken late: until then the notifier could not know of it, or learnt of it again. */
  unsureUntil?: number;
}

/** One call: the caller asks for things, the assistant calls tools, and what comes over the control URL is said. */
export class CrowdCall {
  readonly toolCalls: TrackedToolCall[] = [];
  readonly voice: Voice;
  /** Monotonic ms at which it was over. */
  endedAt?: number;
  /** Who spoke when, and what became of the webhook that told of it. */
  readonly speech: Sighting[] = [];
  /** The same for the account. */
  readonly speechTold: ToldSpeech[] = [];
  readonly begunAt = performance.now();
  /** It has turns left, in which tools may be called. */
  isAsking = true;
  private readonly messages;
  private turn = 0;
  private isToHangUp = false;

  constructor(
    readonly id: string,
    private readonly plan: CallPlan,
    private readonly dice: Dice,
    private readonly around: CallSurroundings,
  ) {
    this.messages = callMessages(id, around.controlUrl);
    this.voice = new Voice((role, status) => {
      this.tell(role, status);
    });
  }

  /** Plays the call to its end. */
  async play(): Promise<void> {
    const leaveAt = this.plan.leavesAfterMs === undefined ? Infinity : performance.now() + this.plan.leavesAfterMs;
    void this.around.webhooks.send(this.messages.status('in-progress'));
    const isOver = (): boolean => this.isToHangUp || performance.now() >= leaveAt;
    for (const { afterMs, speakMs, asks } of this.plan.turns) {
      await this.pause(afterMs, isOver);
      if (isOver()) break;
      await this.voice.callerSpeaks(speakMs);
      this.turn += 1;
      await sleep(THINKING_MS);
      if (asks.length > 0) this.ask(asks);
      await sleep(ANSWERING_MS);
      this.voice.say('One moment please.');
    }
    this.isAsking = false;
    while (!isOver() && !(leaveAt === Infinity && this.toolCalls.every(isDone))) await sleep(POLL_MS);
    if (!isOver()) await this.pause(this.plan.lingerMs, isOver);
    this.end();
  }

  /** The caller hangs up at the next opportunity. */
  hangUp(): void {
    this.isToHangUp = true;
  }

  /** A `say` that takes effect. */
  say(text: string): void {
    const markers = markersIn(text);
    const toolCalls = this.toolCalls.filter(({ marker }) => markers.includes(marker));
    this.voice.say(
      text,
      () => {
        for (const { said } of toolCalls) said.push(performance.now());
      },
      () => {
        for (const { heard } of toolCalls) heard.push(performance.now());
      },
    );
  }

  /** Tells of speech, and remembers how well that went. */
  private tell(role: Role, status: 'started' | 'stopped'): void {
    const webhook = this.messages.speech(role, status, this.turn);
    const from = performance.now();
    const key = floorKey(this.id, SPEAKERS[role], status, Number(webhook.message['timestamp']));
    const told: ToldSpeech = { from, key, isTaken: false };
    this.speechTold.push(told);
    void this.around.webhooks.send(webhook, ({ at, outcome }) => {
      const now = performance.now();
      const isOk = outcome.startsWith('2');
      told.isTaken ||= isOk;
      if (!isOk || now - from > SOON_MS) told.unsureUntil = now;
      const sent = `sent after ${(at - from).toFixed(0)} ms, ${outcome} ${(now - at).toFixed(0)} ms later`;
      this.speech.push({ at: from, what: `${role} ${status} (${sent})` });
    });
  }

  private end(): void {
    this.endedAt = performance.now();
    this.voice.end();
    void this.around.webhooks.send(this.messages.status('ended'));
    void this.around.webhooks.send(this.messages.report());
  }

  private async pause(ms: number, isOver: () => boolean): Promise<void> {
    const until = performance.now() + ms;
    while (performance.now() < until && !isOver()) await sleep(Math.min(POLL_MS, until - performance.now()));
  }

  private ask(asks: readonly PlannedToolCall[]): void {
    const asked = asks.map((each): TrackedToolCall => {
      const toolCallId = `call_${Array.from({ length: 12 }, () => this.dice.between(10, 99)).join('')}`;
      const at = performance.now();
      const { isAsync, marker, jobMs } = each;
      const seen = { attempts: [], said: [], heard: [], posts: [], told: [] };
      return { callId: this.id, toolCallId, isAsync, marker, jobMs, askedAt: at, ...seen };
    });
    for (const toolCall of asked) {
      this.toolCalls.push(toolCall);
      this.around.track(toolCall);
    }
    const sent = this.around.webhooks.send(toolCallsMessage(this.messages, asked), ({ at, outcome, body }) => {
      for (const toolCall of asked) {
        toolCall.attempts.push({ at, outcome });
        if (body !== undefined) this.answered(toolCall, body);
      }
    });
    void sent.then((isTaken) => {
      for (const toolCall of asked) toolCall.isGivenUp = !isTaken;
    });
  }

  private answered(toolCall: TrackedToolCall, body: string): void {
    const { callId, toolCallId } = toolCall;
    const { results = [] } = JSON.parse(body) as { results?: { toolCallId: string; result?: string }[] };
    const entry = results.find((each) => each.toolCallId === toolCallId);
    if (entry?.result === undefined) {
      this.around.report(`tool call ${toolCallId} of ${callId} was answered without a result: ${body.slice(0, 300)}`);
      return;
    }
    const isFirst = toolCall.acceptedAt === undefined;
    toolCall.acceptedAt ??= performance.now();
    // An answer to a repeat comes too late for a Vapi that has an answer.
    if (isFirst && markersIn(entry.result).includes(toolCall.marker)) toolCall.inlineAt = performance.now();
  }
}

/** Nothing more is expected: it was heard to its end, or the model was told that it may not have been heard. */
function isDone({ heard, inlineAt, told }: TrackedToolCall): boolean {
  return heard.length > 0 || inlineAt !== undefined || told.length > 0;
}
