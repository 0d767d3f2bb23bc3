import { speechFingerprint } from '@interject/contracts';
import type { FloorChange, FloorChanged, FloorSpeaker } from '@interject/contracts';
import type { Agenda, Appointment } from '../../agenda.js';
import { Random } from '../../random/random.js';
import type { VoiceItem } from './assistant-voice.js';
import type { CallScript } from './call-script.js';

/** Of speech events; how often is an assumption, VAPI.md 0.10 says that they are shed first. */
export const EVENT_TROUBLE = { lostShare: 0.001, lateShare: 0.002, lateMeanMs: 1500 } as const;
/** VAPI.md 1.4: an event arrives 50 to 250 ms after the sound, and is under way for 51 to 93 ms (median 55). */
const DETECTION_MS = { start: 160, stop: 150 } as const;
const LAG_MS = { least: 51, meanMore: 6, most: 93 } as const;
/** Gateway to notifier, over core NATS. */
const HOP_MS = 2;
/** A pause within a turn is told as stopped and started, or not at all: both are practice. */
const PAUSE_TOLD_SHARE = 0.8;

/** What became of a speech event on its way. */
export interface EventFate {
  readonly speaker: FloorSpeaker;
  readonly change: FloorChange;
  /** When the sound began or ended. */
  readonly soundAt: number;
  /** Infinity: lost. */
  readonly arrivesAt: number;
  readonly loss?: 'blind' | 'blackout' | 'lost';
}

/** Turns sounds into the speech events that reach the notifier: detected, delayed, reordered or lost. */
export class FloorWire {
  readonly fates: EventFate[] = [];
  private events = 0;
  private callerStop: Appointment | undefined;
  private isCallerKnown = false;

  constructor(
    private readonly script: CallScript,
    private readonly agenda: Agenda,
    private readonly deliver: (fact: FloorChanged) => void,
  ) {}

  callerStarted(): void {
    this.agenda.cancel(this.callerStop);
    this.callerStop = undefined;
    if (this.isCallerKnown) return;
    this.isCallerKnown = true;
    this.tell('caller', 'started', DETECTION_MS.start);
  }

  callerStopped(silence: 'end' | 'pause' | 'aside', random: Random): void {
    const isTold = random.chance(PAUSE_TOLD_SHARE);
    if (silence === 'pause' && !isTold) return;
    const soundAt = this.agenda.now;
    this.callerStop = this.agenda.in(this.script.vadStopMs * random.uniform(0.9, 1.1), () => {
      this.isCallerKnown = false;
      this.tell('caller', 'stopped', 0, soundAt);
    });
  }

  assistantStarted({ kind, text }: VoiceItem): void {
    this.tell('assistant', 'started', DETECTION_MS.start);
    if (!this.script.hasEvidence) return;
    const source = kind === 'say' ? 'force-say' : 'model';
    this.tell('assistant', 'said', DETECTION_MS.start, this.agenda.now, {
      evidence: { source, words: speechFingerprint(text) },
    });
  }

  assistantStopped(reason: 'said' | 'cut' | 'hang-up'): void {
    if (reason === 'hang-up' && !this.script.tellsStopAtEnd) return;
    if (reason === 'cut') this.tell('caller', 'interrupted', DETECTION_MS.stop);
    this.tell('assistant', 'stopped', DETECTION_MS.stop);
  }

  private tell(
    speaker: FloorSpeaker,
    change: FloorChange,
    detectionMs: number,
    soundAt = this.agenda.now,
    more: Pick<FloorChanged, 'evidence'> = {},
  ): void {
    this.events += 1;
    const random = new Random(this.script.seed, this.script.index, 'event', speaker, change, this.events);
    const sentAt = this.agenda.now + random.uniform(0, detectionMs);
    const lag = Math.min(LAG_MS.most, LAG_MS.least + random.exponential(LAG_MS.meanMore));
    const late = random.chance(this.script.trouble * EVENT_TROUBLE.lateShare)
      ? random.exponential(EVENT_TROUBLE.lateMeanMs)
      : 0;
    const loss = this.lossOf(sentAt, random);
    const arrivesAt = sentAt + lag + late + HOP_MS;
    const fate = { speaker, change, soundAt };
    if (loss !== undefined) {
      this.fates.push({ ...fate, arrivesAt: Infinity, loss });
      return;
    }
    this.fates.push({ ...fate, arrivesAt });
    const at = Math.round(sentAt + this.script.clockOffsetMs);
    this.agenda.at(arrivesAt, () => {
      this.deliver({ callId: this.script.callId, speaker, change, at, receivedAt: this.agenda.now - HOP_MS, ...more });
    });
  }

  private lossOf(sentAt: number, random: Random): EventFate['loss'] {
    const isLost = random.chance(this.script.trouble * EVENT_TROUBLE.lostShare);
    const { isBlind, blackout } = this.script;
    if (isBlind) return 'blind';
    if (blackout !== undefined && sentAt >= blackout.from && sentAt < blackout.to) return 'blackout';
    return isLost ? 'lost' : undefined;
  }
}
