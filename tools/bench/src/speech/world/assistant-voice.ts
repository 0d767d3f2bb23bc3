import type { Agenda, Appointment } from '../../agenda.js';
import { Random } from '../../random/random.js';
import type { CallScript } from './call-script.js';
import type { Sound, SoundTrack } from './sound-track.js';
import { ASSISTANT, drawAssistantTurnMs, drawReplyMs } from './turn-taking.js';

/** A piece of speech that the assistant has to say. */
export interface VoiceItem {
  readonly kind: 'model' | 'say';
  readonly text: string;
  readonly durationMs: number;
  readonly readyAt: number;
  readonly isInterruptible: boolean;
  readonly onStart?: (at: number, naturalNextAt: number) => void;
  readonly onEnd?: (at: number, isCut: boolean) => void;
  readonly onDropped?: (at: number) => void;
}

export interface Playing {
  readonly item: VoiceItem;
  readonly startedAt: number;
  readonly endsAt: number;
}

export interface VoiceListeners {
  readonly started: (playing: Playing) => void;
  readonly stopped: (playing: Playing, isCut: boolean) => void;
  readonly isCallerTalking: () => boolean;
  readonly callerNextAt: () => number;
}

/** A queued say was heard 351 ms after the speech before it (VAPI.md 2.4). */
const BETWEEN_ITEMS_MS = 351;

/** Vapi's side of the talk: the model's replies and the says of the control URL, one after the other (VAPI.md 2.4). */
export class AssistantVoice {
  private readonly queue: VoiceItem[] = [];
  private playing: (Playing & { readonly sound: Sound; readonly end: Appointment }) | undefined;
  private reply: Appointment | undefined;
  private cut: Appointment | undefined;
  private freeAt = -Infinity;
  private replies = 0;
  private isOver = false;

  constructor(
    private readonly script: CallScript,
    private readonly agenda: Agenda,
    private readonly track: SoundTrack,
    private readonly listeners: VoiceListeners,
  ) {}

  get current(): Playing | undefined {
    return this.playing;
  }

  enqueue(item: VoiceItem): void {
    if (this.isOver) return;
    this.queue.push(item);
    this.agenda.at(item.readyAt, () => {
      this.pump();
    });
  }

  /** The assistant says something of its own `inMs` from now, unless the caller talks before. */
  speakIn(inMs: number): void {
    this.agenda.cancel(this.reply);
    this.reply = this.agenda.in(inMs, () => {
      this.reply = undefined;
      this.replies += 1;
      const random = new Random(this.script.seed, this.script.index, 'model-turn', this.replies);
      const durationMs = drawAssistantTurnMs(random);
      const text = `model turn ${String(this.replies)} of other words entirely`;
      this.enqueue({ kind: 'model', text, durationMs, readyAt: this.agenda.now, isInterruptible: true });
    });
  }

  callerStarted(): void {
    this.agenda.cancel(this.reply);
    this.reply = undefined;
    this.drop('model');
    if (this.playing !== undefined) this.listenForBargeIn();
  }

  /** @param silence what follows: the end of the turn, or a pause in it; `aside`: a word that wants no answer */
  callerStopped(silence: 'end' | 'pause' | 'aside', random: Random): void {
    this.agenda.cancel(this.cut);
    this.cut = undefined;
    const isAnswered = random.chance(silence === 'end' ? ASSISTANT.answersShare : 1 - ASSISTANT.pauseKnownShare);
    const replyMs = drawReplyMs(random, this.script.replyMs);
    if (silence !== 'aside' && isAnswered) this.speakIn(replyMs);
  }

  hangUp(): void {
    this.isOver = true;
    this.agenda.cancel(this.reply);
    for (const item of this.queue.splice(0)) item.onDropped?.(this.agenda.now);
    this.stop(true);
  }

  private pump(): void {
    const { now } = this.agenda;
    if (this.isOver || this.playing !== undefined || this.queue.length === 0) return;
    if (now < this.freeAt) {
      this.agenda.at(this.freeAt, () => {
        this.pump();
      });
      return;
    }
    const index = this.nextIndex(now);
    const [item] = index < 0 ? [] : this.queue.splice(index, 1);
    if (item !== undefined) this.play(item);
  }

  /** Says keep their order, a slow one delays those behind it; the model's speech does not wait for a slow render. */
  private nextIndex(now: number): number {
    const firstSay = this.queue.findIndex(({ kind }) => kind === 'say');
    return this.queue.findIndex(({ kind, readyAt }, at) => readyAt <= now && (kind === 'model' || at === firstSay));
  }

  private play(item: VoiceItem): void {
    const { now } = this.agenda;
    const naturalNextAt = Math.min(this.listeners.callerNextAt(), this.reply?.at ?? Infinity);
    const end = this.agenda.in(item.durationMs, () => {
      this.stop(false);
    });
    const sound = this.track.start('assistant', now);
    this.playing = { item, startedAt: now, endsAt: end.at, sound, end };
    item.onStart?.(now, naturalNextAt);
    this.listeners.started(this.playing);
    if (this.script.cutsOngoingTalk && this.listeners.isCallerTalking()) this.listenForBargeIn();
  }

  private listenForBargeIn(): void {
    if (this.playing?.item.isInterruptible !== true) return;
    this.agenda.cancel(this.cut);
    this.cut = this.agenda.in(this.script.bargeInMs, () => {
      this.drop('model');
      if (this.script.cutDropsSays) this.drop('say');
      this.stop(true);
    });
  }

  private drop(kind: VoiceItem['kind']): void {
    for (const item of this.queue.filter((queued) => queued.kind === kind)) {
      this.queue.splice(this.queue.indexOf(item), 1);
      item.onDropped?.(this.agenda.now);
    }
  }

  private stop(isCut: boolean): void {
    const { playing } = this;
    if (playing === undefined) return;
    const { now } = this.agenda;
    this.playing = undefined;
    this.agenda.cancel(playing.end);
    this.agenda.cancel(this.cut);
    this.track.stop(playing.sound, now);
    this.freeAt = now + BETWEEN_ITEMS_MS;
    playing.item.onEnd?.(now, isCut);
    this.listeners.stopped(playing, isCut);
    this.pump();
  }
}
