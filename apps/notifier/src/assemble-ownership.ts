import { Buckets } from '@interject/contracts';
import type { AppendLog, CoreMessenger, EventPublisher, KvStore, StreamReader } from '@interject/messaging';
import { Linger, NO_TRACING } from '@interject/observability';
import type { Clock, Log, Tracer } from '@interject/observability';
import type { CallLookup, ControlClient } from '@interject/vapi';
import { Bookkeeping } from './delivery/bookkeeping.js';
import { CallMemory } from './delivery/call-memory.js';
import { CallSender } from './delivery/call-sender.js';
import { ControlUrls } from './delivery/control-urls.js';
import { PostJournal } from './delivery/post-journal.js';
import { Lane } from './lane.js';
import { SpeechSwitch } from './mute/speech-switch.js';
import type { NotifierMetrics } from './notifier-metrics.js';
import { OwnerClock } from './owner-clock.js';
import { FloorMemory } from './partitions/floor-memory.js';
import { LeaseBoard } from './partitions/lease-board.js';
import { LeaseStore } from './partitions/lease-store.js';
import { Ownership } from './partitions/ownership.js';
import { PartitionOwner } from './partitions/partition-owner.js';
import type { PartitionTools } from './partitions/partition-tools.types.js';
import { SendSlots } from './partitions/send-slots.js';
import { SpeechGap } from './partitions/speech-gap.js';
import { SeldomLog } from './seldom-log.js';
import { SpeechTraces } from './tracing/speech-traces.js';
import type { SpeechSettings } from '@interject/speech';

/** What one process asks NATS and Vapi at a time on account of calls. */
const QUESTIONS_IN_FLIGHT = 64;
const LOOKUPS_IN_FLIGHT = 32;
const REPLAYS_AT_A_TIME = 4;

export interface OwnershipNeeds {
  /** Name of this process among the notifiers, new at each start. */
  readonly notifier: string;
  readonly settings: SpeechSettings;
  readonly control: Pick<ControlClient, 'say' | 'addMessage'>;
  /** Missing without an API key. */
  readonly lookup?: Pick<CallLookup, 'get'>;
  readonly publisher: EventPublisher;
  readonly reader: StreamReader;
  readonly appendLog: AppendLog;
  readonly kv: KvStore;
  readonly core: CoreMessenger;
  readonly metrics: NotifierMetrics;
  /** Default: tracing is off. */
  readonly tracer?: Tracer;
  readonly clock: Clock;
  readonly log: Log;
}

/** Puts the parts of a notifier together; nothing is started. */
export function assembleOwnership(needs: OwnershipNeeds): Ownership {
  const { notifier, clock, log, metrics, kv } = needs;
  const { partitions } = needs.publisher.events;
  const bucket = kv.bucket(Buckets.Leases);
  const tools = toolsOf(needs);
  metrics.muted = () => tools.speechSwitch.state;
  return new Ownership({
    notifier,
    partitions,
    board: new LeaseBoard(bucket, clock),
    urls: tools.urls,
    speechSwitch: tools.speechSwitch,
    store: new LeaseStore(bucket, notifier, clock),
    clock,
    metrics,
    log,
    serve: (lease, onLost) => new PartitionOwner(lease, tools, onLost),
  });
}

/** Each question to Vapi is counted, by its answer. */
function measured(lookup: Pick<CallLookup, 'get'>, metrics: NotifierMetrics, clock: Clock): Pick<CallLookup, 'get'> {
  return {
    get: async (callId) => {
      const startedAt = clock.monotonic();
      const answer = await lookup.get(callId);
      metrics.lookedUp(answer.kind, clock.monotonic() - startedAt);
      return answer;
    },
  };
}

/** What the owner of a partition works with. */
export function toolsOf(needs: OwnershipNeeds): PartitionTools {
  const { notifier, settings, control, lookup, publisher, reader, appendLog, kv, core, metrics, clock, log } = needs;
  const measuredLookup = lookup && measured(lookup, metrics, clock);
  const urls = new ControlUrls(kv, measuredLookup);
  const seldomLog = new SeldomLog(log, clock);
  const ownerClock = new OwnerClock(clock);
  const speechGap = new SpeechGap(clock);
  metrics.speechGapMs = () => speechGap.gapMs;
  return {
    reader,
    appendLog,
    core,
    publisher,
    metrics,
    clock,
    log,
    urls,
    settings,
    owner: notifier,
    seldomLog,
    linger: new Linger(clock),
    bookkeeping: new Bookkeeping(seldomLog, metrics.summariesGivenUp),
    questions: new Lane(QUESTIONS_IN_FLIGHT),
    lookups: new Lane(LOOKUPS_IN_FLIGHT),
    replays: new Lane(REPLAYS_AT_A_TIME),
    journal: new PostJournal(),
    floors: new FloorMemory(clock),
    slots: new SendSlots(clock),
    speechSwitch: new SpeechSwitch(kv, log),
    speechGap,
    ownerClock,
    traces: new SpeechTraces(needs.tracer ?? NO_TRACING, ownerClock),
    partitions: publisher.events.partitions,
    sender: new CallSender(control, urls, clock, metrics, log),
    memory: new CallMemory(reader, kv, measuredLookup),
  };
}
