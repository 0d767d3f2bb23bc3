import type { FloorChanged } from '@interject/contracts';
import { Agenda } from '../../agenda.js';
import { Random } from '../../random/random.js';
import { AssistantVoice } from './assistant-voice.js';
import { Caller } from './caller.js';
import { CALL_START } from './call-script.js';
import type { CallScript } from './call-script.js';
import { ControlUrl } from './control-url.js';
import { FloorWire } from './floor-wire.js';
import { SoundTrack } from './sound-track.js';

const GREETING_AFTER_MS = 800;
/** The assistant is heard out before hanging up, and for no longer than this. */
const MOST_PATIENCE_MS = 30_000;
const GOODBYE_MS = 500;

/** One call: caller, assistant, Vapi's speech events and its control URL, on a virtual clock. */
export class SimulatedCall {
  readonly agenda = new Agenda(CALL_START);
  readonly track = new SoundTrack();
  readonly wire: FloorWire;
  readonly control: ControlUrl;
  private readonly caller: Caller;
  private readonly voice: AssistantVoice;
  /** Infinity while the call lives. */
  endedAt = Infinity;

  /**
   * @param onHangUp the caller has hung up
   * @param onFloor what reaches the notifier, when it does
   */
  constructor(
    readonly script: CallScript,
    onFloor: (fact: FloorChanged) => void,
    private readonly onHangUp: () => void,
  ) {
    const { agenda, track } = this;
    this.wire = new FloorWire(script, agenda, onFloor);
    this.caller = new Caller(script, agenda, track, {
      started: () => {
        this.wire.callerStarted();
        this.voice.callerStarted();
      },
      stopped: (silence, random) => {
        this.wire.callerStopped(silence, random);
        this.voice.callerStopped(silence, random);
      },
    });
    this.voice = new AssistantVoice(script, agenda, track, {
      started: (playing) => {
        this.wire.assistantStarted(playing.item);
        this.caller.hears(playing);
      },
      stopped: (_playing, isCut) => {
        this.wire.assistantStopped(this.isOver ? 'hang-up' : isCut ? 'cut' : 'said');
        if (!this.isOver) this.caller.keepGoing();
      },
      isCallerTalking: () => this.caller.isTalking,
      callerNextAt: () => this.caller.nextAt,
    });
    this.control = new ControlUrl(script, agenda, this.voice, {
      isOver: () => this.isOver,
      isCallerTalking: () => this.caller.isTalking,
    });
    agenda.in(new Random(script.seed, script.index, 'greeting').uniform(0, GREETING_AFTER_MS), () => {
      this.voice.speakIn(0);
    });
    agenda.at(script.hangUpAt, () => {
      this.hangUp();
    });
  }

  private get isOver(): boolean {
    return this.endedAt !== Infinity;
  }

  private hangUp(): void {
    const { agenda, voice, script } = this;
    if (voice.current !== undefined && !script.hangsUpAnyway && agenda.now < script.hangUpAt + MOST_PATIENCE_MS) {
      agenda.at(voice.current.endsAt + GOODBYE_MS, () => {
        this.hangUp();
      });
      return;
    }
    this.endedAt = agenda.now;
    this.caller.hangUp();
    voice.hangUp();
    this.onHangUp();
  }
}
