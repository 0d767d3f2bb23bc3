import type {
  CallEnded,
  CallStatusChanged,
  FloorChanged,
  RecordedState,
  ToolCallFinished,
  ToolCallRequested,
} from '@interject/contracts';
import type { PostOutcome } from '@interject/speech';
import type { Agenda } from '../../agenda.js';
import type { CallScript } from '../world/call-script.js';
import type { SpeechOrder } from '../world/control-url.js';

/** What a policy can do, and what time it is. */
export interface PolicyHost {
  readonly script: CallScript;
  readonly agenda: Agenda;
  /** @param mayWrite asked right before the request is written; false: it is not, and the outcome is `abandoned` */
  readonly post: (order: SpeechOrder, mayWrite: () => boolean, answered: (outcome: PostOutcome) => void) => void;
  /** Whether the call has really ended, as `GET /call/{id}` would tell. */
  readonly hasEnded: () => boolean;
  /** A line for the timeline of one call. */
  readonly note: (text: string) => void;
}

/** What a policy believes became of a result. `accepted`: Vapi answered 2xx, which is all that is known. */
export interface Belief {
  readonly state: RecordedState | 'accepted';
  readonly isFinal: boolean;
}

/** Decides when results are said; it sees what a notifier sees, when it sees it. */
export interface Policy {
  start(): void;
  toolCall(fact: ToolCallRequested): void;
  result(fact: ToolCallFinished): void;
  floor(fact: FloorChanged): void;
  status(fact: CallStatusChanged): void;
  ended(fact: CallEnded): void;
  /** By tool call id; a result without an entry has no state. */
  beliefs(): ReadonlyMap<string, Belief>;
}

export type PolicyFactory = (host: PolicyHost) => Policy;
