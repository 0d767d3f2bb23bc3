import type { Agenda, Appointment } from '../../agenda.js';
import { Random } from '../../random/random.js';
import type { Playing } from './assistant-voice.js';
import type { CallScript } from './call-script.js';
import type { Sound, SoundTrack } from './sound-track.js';
import { CALL_HABITS, drawGapMs, drawLapseMs, drawTurn } from './turn-taking.js';
import type { Spurt } from './turn-taking.js';

export type Silence = 'end' | 'pause' | 'aside';

export interface CallerListeners {
  readonly started: () => void;
  readonly stopped: (silence: Silence, random: Random) => void;
}

const ASIDE_MS = { from: 200, to: 500 } as const;
/** A turn needs a moment of listening before it is answered. */
const SOONEST_ANSWER_MS = 300;
/** The backchannels' turns are long enough to deserve one. */
const LONG_TURN_MS = 2500;

/** The person on the line. What is drawn depends on the number of the turn alone, not on what a policy did. */
export class Caller {
  private sound: Sound | undefined;
  private rest: Spurt[] = [];
  private next: Appointment | undefined;
  private end: Appointment | undefined;
  private aside: Appointment | undefined;
  private turns = 0;
  private heard = 0;
  private spurts = 0;

  constructor(
    private readonly script: CallScript,
    private readonly agenda: Agenda,
    private readonly track: SoundTrack,
    private readonly listeners: CallerListeners,
  ) {}

  get isTalking(): boolean {
    return this.sound !== undefined;
  }

  /** When the caller will speak if nobody else does. */
  get nextAt(): number {
    const asideAt = this.aside?.isCancelled === false ? this.aside.at : Infinity;
    return Math.min(this.next?.at ?? Infinity, asideAt > this.agenda.now ? asideAt : Infinity);
  }

  /** The assistant begins to speak. */
  hears({ endsAt, startedAt }: Playing): void {
    this.heard += 1;
    const random = this.random('hears', this.heard);
    const yields = random.chance(CALL_HABITS.yieldsShare);
    const yieldMs = random.uniform(500, 1200);
    if (this.isTalking) {
      if (yields && !this.script.cutsOngoingTalk) this.stopAt(startedAt + yieldMs);
      return;
    }
    if (this.next !== undefined && this.next.at <= startedAt + CALL_HABITS.reactionMs) return;
    if (this.rest.length > 0 && !yields) return;
    this.plan(random, startedAt, endsAt);
  }

  /** Nobody has anything planned: the conversation must not die. */
  keepGoing(): void {
    if (this.isTalking || this.next !== undefined) return;
    this.startAt(this.agenda.now + drawLapseMs(this.random('lapse', this.turns)));
  }

  hangUp(): void {
    for (const appointment of [this.next, this.end, this.aside]) this.agenda.cancel(appointment);
    if (this.sound !== undefined) this.track.stop(this.sound, this.agenda.now);
    this.sound = undefined;
  }

  private plan(random: Random, startedAt: number, endsAt: number): void {
    const length = endsAt - startedAt;
    const bargesIn = random.chance(CALL_HABITS.bargesInShare);
    const bargesInAt = startedAt + length * random.uniform(0.1, 0.9);
    const answers = random.chance(CALL_HABITS.answersShare);
    const answersAt = Math.max(startedAt + SOONEST_ANSWER_MS, endsAt + drawGapMs(random));
    const lapsesUntil = endsAt + drawLapseMs(random);
    this.startAt(bargesIn ? bargesInAt : answers ? answersAt : lapsesUntil);
    const hasAside = random.chance(CALL_HABITS.backchannelShare);
    const asideAt = startedAt + length * random.uniform(0.3, 0.7);
    if (hasAside && !bargesIn && length > LONG_TURN_MS) this.sayAsideAt(asideAt);
  }

  private startAt(time: number): void {
    this.agenda.cancel(this.next);
    this.next = this.agenda.at(time, () => {
      this.next = undefined;
      this.start();
    });
  }

  private start(): void {
    if (this.isTalking) return;
    if (this.rest.length === 0) {
      this.turns += 1;
      this.rest = drawTurn(this.random('turn', this.turns), this.script.isChatty);
    }
    const [spurt, ...rest] = this.rest;
    if (spurt === undefined) return;
    this.rest = rest;
    this.talk(spurt.talkMs, () => {
      this.finish(spurt);
    });
  }

  private finish({ pauseMs }: Spurt): void {
    this.hush(this.rest.length > 0 ? 'pause' : 'end');
    if (this.rest.length > 0) this.startAt(this.agenda.now + pauseMs);
    else this.keepGoing();
  }

  private sayAsideAt(time: number): void {
    this.agenda.cancel(this.aside);
    const lengthMs = this.random('aside', this.heard).uniform(ASIDE_MS.from, ASIDE_MS.to);
    this.aside = this.agenda.at(time, () => {
      if (this.isTalking) return;
      this.talk(lengthMs, () => {
        this.hush('aside');
        this.keepGoing();
      });
    });
  }

  private talk(ms: number, done: () => void): void {
    const { now } = this.agenda;
    this.sound = this.track.start('caller', now);
    this.end = this.agenda.in(ms, done);
    this.listeners.started();
  }

  private hush(silence: Silence): void {
    if (this.sound !== undefined) this.track.stop(this.sound, this.agenda.now);
    this.sound = undefined;
    this.spurts += 1;
    this.listeners.stopped(silence, this.random('after', this.spurts));
  }

  /** Gives way to the other: the rest of the turn is forgotten. */
  private stopAt(time: number): void {
    if (this.end === undefined || this.end.at <= time) return;
    this.agenda.cancel(this.end);
    this.rest = [];
    this.end = this.agenda.at(time, () => {
      this.hush('end');
      this.keepGoing();
    });
  }

  private random(of: string, number: number): Random {
    return new Random(this.script.seed, this.script.index, of, number);
  }
}
