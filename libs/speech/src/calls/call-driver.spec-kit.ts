import type {
  FloorChange,
  FloorSpeaker,
  RecordedState,
  SpeechPlan,
  ToolCallRequested,
  UtteranceRecord,
} from '@interject/contracts';
import { DEFAULT_SPEECH_SETTINGS } from '../speech/speech-settings.js';
import type { SpeechSettings } from '../speech/speech-settings.js';
import type { CallAction, SpeechMessage } from './call-actions.types.js';
import type { CallInput, PostOutcome } from './call-inputs.types.js';
import { CALL_ID, toolCall } from './call-facts.spec-kit.js';
import { CallMachine } from './call-machine.js';
import type { CallMachineOptions } from './call-machine.options.js';

export interface Post {
  readonly at: number;
  /** Head of what is said together. */
  readonly utteranceId: string;
  readonly utteranceIds: readonly string[];
  readonly message: SpeechMessage;
}
type Action<K extends CallAction['kind']> = Extract<CallAction, { kind: K }>;

export { CALL_ID, toolCall };
export const START = 1_700_000_000_000;

export interface DriverOptions {
  readonly settings?: Partial<SpeechSettings>;
  readonly recorded?: ReadonlyMap<string, UtteranceRecord>;
  readonly machine?: CallMachineOptions;
  /** What the control URL answers to the n-th POST (from 0), default `accepted` after 50 ms. */
  readonly answer?: (n: number, post: Post) => { readonly outcome: PostOutcome; readonly afterMs: number };
  /** How long the connection of the n-th POST takes to stand. */
  readonly connectMs?: (n: number) => number;
  /** How the call reacts to an accepted POST; default: no speech events. */
  readonly speaker?: (driver: CallDriver, post: Post) => void;
  readonly recordDelayMs?: (n: number) => number;
  readonly claim?: (isClaiming: boolean) => 'spoken' | 'inline' | 'none';
  readonly lookUp?: 'ended' | 'live' | 'unknown';
  readonly toolCalls?: readonly ToolCallRequested[];
}

/** Plays the world around a {@link CallMachine} on a virtual clock, and keeps what it did. */
export class CallDriver {
  now = START;
  readonly machine: CallMachine;
  readonly posts: Post[] = [];
  readonly records: UtteranceRecord[] = [];
  readonly actions: CallAction[] = [];
  isClosed = false;
  private agenda: { readonly at: number; readonly order: number; readonly run: () => void }[] = [];
  private order = 0;

  constructor(private readonly options: DriverOptions = {}) {
    const settings = { ...DEFAULT_SPEECH_SETTINGS, ...options.settings };
    this.machine = new CallMachine(CALL_ID, settings, {
      ...(options.recorded === undefined ? {} : { recorded: options.recorded }),
      ...options.machine,
    });
  }

  live(): this {
    this.carryOut(this.machine.goLive(this.now));
    return this;
  }

  /** Hands an input over `inMs` from now. */
  in(inMs: number, input: CallInput | ((now: number) => CallInput)): this {
    this.plan(inMs, () => {
      this.give(typeof input === 'function' ? input(this.now) : input);
    });
    return this;
  }

  floor(inMs: number, speaker: FloorSpeaker, change: FloorChange, lagMs = 0): this {
    const at = this.now + inMs;
    return this.in(inMs + lagMs, {
      kind: 'floor',
      fact: { callId: CALL_ID, speaker, change, at, receivedAt: at + lagMs },
    });
  }

  /** One turn of a speaker. */
  turn(inMs: number, speaker: FloorSpeaker, forMs: number): this {
    return this.floor(inMs, speaker, 'started').floor(inMs + forMs, speaker, 'stopped');
  }

  status(inMs: number, status: 'ringing' | 'in-progress' | 'forwarding'): this {
    return this.in(inMs, (at) => ({ kind: 'status', fact: { callId: CALL_ID, status, at } }));
  }

  ended(inMs: number): this {
    return this.in(inMs, (at) => ({
      kind: 'ended',
      fact: { callId: CALL_ID, at, endedReason: 'customer-ended-call' },
    }));
  }

  toolCall(inMs: number, toolCallId: string, more: Partial<ToolCallRequested> = {}): this {
    return this.in(inMs, (at) => ({ kind: 'tool-call', fact: toolCall(toolCallId, at, more) }));
  }

  result(inMs: number, toolCallId: string, text: string | undefined, speech?: SpeechPlan): this {
    return this.in(inMs, (at) => ({
      kind: 'result',
      fact: {
        callId: CALL_ID,
        toolCallId,
        tool: 'report',
        outcome: 'succeeded',
        attempts: 1,
        requestedAt: START,
        at,
        ...(text === undefined ? {} : { text }),
        ...(speech === undefined ? {} : { speech }),
      },
    }));
  }

  progress(inMs: number, toolCallId: string, sequence: number, text = 'Still at it.'): this {
    return this.in(inMs, (at) => ({
      kind: 'progress',
      fact: { callId: CALL_ID, toolCallId, tool: 'report', text, sequence, at },
    }));
  }

  announcement(inMs: number, announcementId: string, text: string, speech?: SpeechPlan): this {
    return this.in(inMs, (at) => ({
      kind: 'announcement',
      fact: { callId: CALL_ID, announcementId, text, at, ...(speech === undefined ? {} : { speech }) },
    }));
  }

  /** Lets `ms` pass. */
  run(ms: number): this {
    const end = this.now + ms;
    for (let steps = 0; ; steps += 1) {
      if (steps > 20_000) throw new Error('the machine does not come to rest');
      const wakeAt = this.isClosed ? Infinity : this.machine.nextWakeAt();
      const next = this.agenda.reduce<(typeof this.agenda)[number] | undefined>(
        (first, item) =>
          first === undefined || item.at < first.at || (item.at === first.at && item.order < first.order)
            ? item
            : first,
        undefined,
      );
      const at = Math.min(wakeAt, next?.at ?? Infinity);
      if (at > end) break;
      this.now = Math.max(this.now, at);
      if (next !== undefined && next.at <= this.now) {
        this.agenda = this.agenda.filter((item) => item !== next);
        next.run();
      } else {
        this.give({ kind: 'tick' });
      }
    }
    this.now = end;
    return this;
  }

  /** Last recorded state of each utterance, by the text of its POST or its id. */
  states(): Record<string, RecordedState> {
    return Object.fromEntries(this.records.map((record) => [record.toolCallId ?? record.utteranceId, record.state]));
  }

  statesOf(toolCallId: string): RecordedState[] {
    return this.records.filter((record) => record.toolCallId === toolCallId).map((record) => record.state);
  }

  done<K extends CallAction['kind']>(kind: K): Action<K>[] {
    return this.actions.filter((action): action is Action<K> => action.kind === kind);
  }

  /** Texts POSTed and when, milliseconds after the start. */
  said(): [number, string][] {
    return this.posts.map((post) => [post.at - START, post.message.text]);
  }

  give(input: CallInput): void {
    if (!this.isClosed) this.carryOut(this.machine.handle(input, this.now));
  }

  private plan(inMs: number, run: () => void): void {
    this.order += 1;
    this.agenda.push({ at: this.now + inMs, order: this.order, run });
  }

  private answer(inMs: number, input: CallInput): void {
    this.plan(inMs, () => {
      this.give(input);
    });
  }

  private carryOut(actions: readonly CallAction[]): void {
    for (const action of actions) {
      this.actions.push(action);
      this.carryOutOne(action);
    }
  }

  private append({ record }: Action<'append'>): void {
    const { utteranceId, state, final } = record;
    const delay = this.options.recordDelayMs?.(this.records.length) ?? 1;
    this.records.push(record);
    const isStale = delay > 1000;
    this.answer(delay, { kind: 'recorded', utteranceId, state, isStale, ...(final === undefined ? {} : { final }) });
  }

  private write({ utteranceIds, sendId, message }: Action<'post'>): void {
    const { options } = this;
    if (!this.machine.mayWrite(sendId, this.now)) {
      this.answer(1, { kind: 'post-outcome', sendId, outcome: 'abandoned' });
      return;
    }
    const post = { at: this.now, utteranceId: utteranceIds[0] ?? '', utteranceIds, message };
    const { outcome, afterMs } = options.answer?.(this.posts.length, post) ?? { outcome: 'accepted', afterMs: 50 };
    this.posts.push(post);
    this.answer(afterMs, { kind: 'post-outcome', sendId, outcome });
    if (outcome === 'accepted' || outcome === 'unknown') options.speaker?.(this, post);
  }

  private carryOutOne(action: CallAction): void {
    const { options } = this;
    switch (action.kind) {
      case 'append':
        this.append(action);
        return;
      case 'post': {
        const delay = options.connectMs?.(this.posts.length) ?? 0;
        if (delay === 0) this.write(action);
        else
          this.plan(delay, () => {
            this.write(action);
          });
        return;
      }
      case 'look-up-call':
        this.answer(20, { kind: 'call-looked-up', answer: options.lookUp ?? 'unknown' });
        return;
      case 'recall-call':
        this.answer(2, { kind: 'call-recalled' });
        return;
      case 'recall-tool-call': {
        const fact = options.toolCalls?.find((toolCall) => toolCall.toolCallId === action.toolCallId);
        const { toolCallId } = action;
        this.answer(2, { kind: 'tool-call-recalled', toolCallId, ...(fact === undefined ? {} : { fact }) });
        return;
      }
      case 'find-claim': {
        const claim = options.claim?.(action.isClaiming) ?? (action.isClaiming ? 'spoken' : 'none');
        this.answer(2, { kind: 'claim-found', toolCallId: action.toolCallId, claim });
        return;
      }
      case 'publish-undelivered':
        this.answer(1, { kind: 'published', utteranceId: action.data.utteranceId });
        return;
      case 'publish-result':
        this.answer(1, { kind: 'result', fact: action.data });
        return;
      case 'close':
        this.isClosed = true;
        return;
      case 'post-context':
      case 'limit-near':
      case 'purge-control-url':
      case 'write-summary':
    }
  }
}

/** A call whose assistant says what is POSTed after `delayMs`, for as long as the text takes. */
export function speaking(delayMs = 300, msPerCharacter = 65): (driver: CallDriver, post: Post) => void {
  return (driver, post) => {
    if (post.message.kind === 'add-message' && !post.message.triggersReply) return;
    driver.turn(delayMs, 'assistant', post.message.text.length * msPerCharacter);
  };
}
