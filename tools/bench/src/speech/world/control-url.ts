import type { PostOutcome } from '@interject/speech';
import type { Agenda } from '../../agenda.js';
import { Random } from '../../random/random.js';
import type { AssistantVoice } from './assistant-voice.js';
import type { CallScript } from './call-script.js';

/** VAPI.md 2.4, and 0.14 for the answer; the shares outside of a bad call are assumptions. */
export const CONTROL = {
  /** Every connection is new: TCP and TLS come first, then the request, then the answer; 250 to 350 ms in all. */
  connectMs: { from: 110, to: 170 },
  toVapiMs: { from: 30, to: 60 },
  answerMs: { from: 100, to: 120 },
  renderMs: { from: 330, to: 380 },
  slowRenderMs: { from: 3000, to: 10_000 },
  /** Call 01a026d8: 2 of 7 dropped, 4 of 7 slow. */
  badLine: { dropped: 2 / 7, slow: 4 / 7 },
  usual: { dropped: 0.02, slow: 0.03 },
  /** No answer within the sender's 5 s; half of them were taken. */
  timeoutShare: 0.005,
  timeoutMs: 5000,
} as const;
const MS_PER_CHARACTER = 65;

/** What a policy wants said in one POST. */
export interface SpeechOrder {
  /** Tool calls whose results are in the text, in its order. */
  readonly toolCallIds: readonly string[];
  readonly texts: readonly string[];
  readonly text: string;
  readonly callerMayInterrupt: boolean;
  /** The bound of its hold was reached. */
  readonly isAtBound: boolean;
}

/** One speech as it was really heard. */
export interface Play {
  readonly startedAt: number;
  /** When somebody would have spoken, had this not. */
  readonly naturalNextAt: number;
  readonly isOverCaller: boolean;
  endedAt: number;
  isCut: boolean;
  /** Tool calls whose text was begun, and said to its end. */
  begun: readonly string[];
  completed: readonly string[];
}

/** One POST, told by what really became of it. */
export interface Send {
  readonly order: SpeechOrder;
  readonly postedAt: number;
  /** When it reached Vapi. */
  readonly reachedAt: number;
  readonly outcome: PostOutcome;
  readonly isTaken: boolean;
  /** The caller was audibly speaking when the request was written. */
  readonly isOverCaller: boolean;
  /** The same when it arrived. */
  readonly isOverCallerAtVapi: boolean;
  fate: 'waiting' | 'dropped' | 'played';
  renderMs: number;
  play?: Play;
}

export interface ControlScene {
  readonly isOver: () => boolean;
  readonly isCallerTalking: () => boolean;
}

/** The call's control URL: says are taken, refused or time out, and come out of the queue at once, late or never. */
export class ControlUrl {
  readonly sends: Send[] = [];
  private readonly attempts = new Map<string, number>();

  constructor(
    private readonly script: CallScript,
    private readonly agenda: Agenda,
    private readonly voice: AssistantVoice,
    private readonly scene: ControlScene,
  ) {}

  /** @param mayWrite asked when the connection stands, right before the request is written */
  post(order: SpeechOrder, mayWrite: () => boolean, answered: (outcome: PostOutcome) => void): void {
    const random = this.randomFor(order.toolCallIds[0] ?? '');
    const postedAt = this.agenda.now;
    const { connectMs, toVapiMs, answerMs } = CONTROL;
    this.agenda.in(random.uniform(connectMs.from, connectMs.to), () => {
      if (!mayWrite()) {
        answered('abandoned');
        return;
      }
      const isOverCaller = this.scene.isCallerTalking();
      this.agenda.in(random.uniform(toVapiMs.from, toVapiMs.to), () => {
        const { outcome, isTaken } = this.reception(random);
        const send = this.received(order, postedAt, outcome, { isTaken, isOverCaller });
        if (isTaken) this.render(send, random);
        const answerInMs = outcome === 'unknown' ? CONTROL.timeoutMs : random.uniform(answerMs.from, answerMs.to);
        this.agenda.in(answerInMs, () => {
          answered(outcome);
        });
      });
    });
  }

  private reception(random: Random): { readonly outcome: PostOutcome; readonly isTaken: boolean } {
    const isTimeout = random.chance(CONTROL.timeoutShare);
    const isTakenAnyway = random.chance(0.5);
    const { now } = this.agenda;
    const { controlBurst } = this.script;
    if (this.scene.isOver()) return { outcome: 'refused', isTaken: false };
    if (controlBurst !== undefined && now >= controlBurst.from && now < controlBurst.to) {
      return { outcome: 'throttled', isTaken: false };
    }
    return isTimeout ? { outcome: 'unknown', isTaken: isTakenAnyway } : { outcome: 'accepted', isTaken: true };
  }

  private received(
    order: SpeechOrder,
    postedAt: number,
    outcome: PostOutcome,
    { isTaken, isOverCaller }: Pick<Send, 'isTaken' | 'isOverCaller'>,
  ): Send {
    const send: Send = {
      order,
      postedAt,
      reachedAt: this.agenda.now,
      outcome,
      isTaken,
      isOverCaller,
      isOverCallerAtVapi: this.scene.isCallerTalking(),
      fate: 'waiting',
      renderMs: 0,
    };
    this.sends.push(send);
    return send;
  }

  private render(send: Send, random: Random): void {
    const shares = this.script.isBadLine ? CONTROL.badLine : CONTROL.usual;
    const luck = random.next();
    const slow = random.uniform(CONTROL.slowRenderMs.from, CONTROL.slowRenderMs.to);
    const usual = random.uniform(CONTROL.renderMs.from, CONTROL.renderMs.to);
    const { isBadLine, trouble } = this.script;
    const factor = isBadLine ? 1 : trouble;
    if (luck < factor * shares.dropped) {
      send.fate = 'dropped';
      return;
    }
    send.renderMs = luck < factor * (shares.dropped + shares.slow) ? slow : usual;
    const { text, callerMayInterrupt } = send.order;
    this.voice.enqueue({
      kind: 'say',
      text,
      durationMs: text.length * MS_PER_CHARACTER * this.script.speechRate,
      readyAt: this.agenda.now + send.renderMs,
      isInterruptible: callerMayInterrupt,
      onStart: (startedAt, naturalNextAt) => {
        send.fate = 'played';
        const isOverCaller = this.scene.isCallerTalking();
        send.play = {
          startedAt,
          naturalNextAt,
          isOverCaller,
          endedAt: Infinity,
          isCut: false,
          begun: [],
          completed: [],
        };
      },
      onEnd: (endedAt, isCut) => {
        if (send.play !== undefined) this.ended(send.order, send.play, endedAt, isCut);
      },
      onDropped: () => {
        send.fate = 'dropped';
      },
    });
  }

  private ended({ text, texts, toolCallIds }: SpeechOrder, play: Play, endedAt: number, isCut: boolean): void {
    play.endedAt = endedAt;
    play.isCut = isCut;
    const saidCharacters = isCut
      ? (endedAt - play.startedAt) / (MS_PER_CHARACTER * this.script.speechRate)
      : text.length;
    play.begun = toolCallIds.filter((_, at) => spanOf(text, texts, at).from < saidCharacters);
    play.completed = toolCallIds.filter((_, at) => spanOf(text, texts, at).to <= saidCharacters);
  }

  /** The n-th POST of a result meets the same luck under every policy. */
  private randomFor(toolCallId: string): Random {
    const attempt = (this.attempts.get(toolCallId) ?? 0) + 1;
    this.attempts.set(toolCallId, attempt);
    return new Random(this.script.seed, this.script.index, 'post', toolCallId, attempt);
  }
}

/** Where the text with number `at` stands in the whole; texts that were reworded are taken to share it evenly. */
function spanOf(whole: string, texts: readonly string[], at: number): { readonly from: number; readonly to: number } {
  const { length } = whole;
  if (texts.length < 2) return { from: 0, to: length };
  const own = texts[at] ?? '';
  const from = whole.indexOf(own);
  if (from >= 0) return { from, to: from + own.length };
  return { from: Math.floor((length * at) / texts.length), to: Math.ceil((length * (at + 1)) / texts.length) };
}
