import type { Linger } from '@interject/observability';
import type { AppendLog, CoreMessenger, StreamReader } from '@interject/messaging';
import type { SpeechSettings } from '@interject/speech';
import type { Lane } from '../lane.js';
import type { SpeechSwitch } from '../mute/speech-switch.js';
import type { OwnerClock } from '../owner-clock.js';
import type { RunnerTools } from './action-runner.js';
import type { FloorMemory } from './floor-memory.js';
import type { SendSlots } from './send-slots.js';
import type { SpeechGap } from './speech-gap.js';

/** What the owner of a partition works with. */
export interface PartitionTools extends RunnerTools {
  readonly reader: StreamReader;
  readonly appendLog: AppendLog;
  readonly core: CoreMessenger;
  readonly ownerClock: OwnerClock;
  readonly floors: FloorMemory;
  readonly slots: SendSlots;
  readonly speechSwitch: SpeechSwitch;
  readonly speechGap: SpeechGap;
  readonly settings: SpeechSettings;
  /** Bounds how many partitions are read in at a time: what is renewed and said has to get through between their messages. */
  readonly replays: Lane;
  readonly linger: Linger;
  /** Name of this process in the ledger. */
  readonly owner: string;
  readonly partitions: number;
}
