import {
  Buckets,
  callEventDurable,
  CallEventNames,
  MuteKeys,
  Streams,
  StreamSubjects,
  Subjects,
  workerDurable,
} from '@interject/contracts';
import type { CallEventName, StreamName } from '@interject/contracts';
import { deadLetterOrigin } from '../consuming/dead-letters.js';
import { PARTITIONS_KEY } from '../provisioning/topology.js';
import {
  asksJetStream,
  callEvents,
  erases,
  everythingOf,
  inspects,
  keysOf,
  listsConsumers,
  looksUp,
  makes,
  reads,
  watches,
  worksOn,
} from './grants.js';
import type { Grants } from './grants.js';

/** A user of NATS and what it may do. What is not here is refused. */
export interface NatsUser {
  readonly name: string;
  /** For the reader of the configuration. */
  readonly about: string;
  readonly publish: Grants;
  /** Besides its own inbox. */
  readonly subscribe?: Grants;
}

const ALL_STREAMS = Object.values(Streams);
const ALL_STORES = [...ALL_STREAMS, ...Object.values(Buckets)];
const { Result, Progress, HandedOver, Restarted, CalledBack, Undelivered } = CallEventNames;
const { Status, Ended, Announcement, CancelRequested } = CallEventNames;
const { Control, Leases, Ledger, Calls, Tools, Workers, Settings } = Buckets;

/** Subject on which a user gets its answers. */
export function inboxOf(user: string): string {
  return `_INBOX.${user}.>`;
}

/** Whoever makes the streams. */
const PROVISIONS: Grants = [
  ...asksJetStream,
  ...inspects(...ALL_STORES),
  ...makes(...ALL_STORES),
  ...keysOf(Settings, PARTITIONS_KEY),
];
/** Whoever works on what is stored and makes nothing. */
const WORKS: Grants = [
  ...asksJetStream,
  ...inspects(Streams.ToolCalls, Streams.CallEvents, Streams.DeadLetters, Tools, Workers, Settings),
];

const gateway: NatsUser = {
  name: 'gateway',
  about: 'Takes webhooks and requests. Writes control URLs; makes the streams.',
  publish: [
    ...PROVISIONS,
    ...everythingOf(Streams.ToolCalls),
    ...callEvents(Status, Ended, Announcement, CancelRequested, CalledBack, Result),
    ...everythingOf(Streams.Floor),
    ...keysOf(Control, '*'),
    ...keysOf(Ledger, '*'),
    Subjects.callsQuery('*'),
    ...looksUp(Streams.ToolCalls, Streams.CallEvents, Control, Ledger, Calls, Settings),
    ...watches(Tools),
    ...watches(Workers),
  ],
  // A result in the grace window.
  subscribe: callEvents(Result),
};

const notifier: NatsUser = {
  name: 'notifier',
  about: 'Owns calls and speaks in them. Reads everything; makes the streams.',
  publish: [
    ...PROVISIONS,
    ...everythingOf(Streams.Utterances),
    ...callEvents(Result, Undelivered),
    ...keysOf(Leases, '>'),
    ...keysOf(Ledger, '*'),
    ...keysOf(Calls, '*'),
    ...keysOf(Control, '*'),
    ...looksUp(Streams.ToolCalls, Streams.CallEvents, Streams.Utterances),
    ...looksUp(Leases, Ledger, Calls, Control, Settings),
    ...ALL_STREAMS.filter((name) => name !== Streams.DeadLetters).flatMap((name) => reads(name, StreamSubjects[name])),
    ...watches(Leases),
    ...watches(Control),
    // The kill switch of speech.
    ...watches(Settings),
    // Who asks about a live call.
    inboxOf('gateway'),
    inboxOf('operator'),
  ],
  subscribe: [Subjects.callsQuery('*')],
};

/** @param tools those it runs; without them: any */
function toolWorker(name: string, about: string, tools: readonly string[] = ['*']): NatsUser {
  const durable = (tool: string): string => (tool === '*' ? '*' : workerDurable(tool));
  return {
    name,
    about,
    publish: [
      ...WORKS,
      ...tools.flatMap((tool) => worksOn(Streams.ToolCalls, durable(tool), Subjects.toolCallsOfTool(tool))),
      ...callEvents(Progress, Result, HandedOver, Restarted),
      ...deadLettersFrom(Streams.ToolCalls),
      ...keysOf(Tools, ...tools),
      ...keysOf(Workers, '*'),
      ...looksUp(Streams.CallEvents, Tools, Settings),
      ...reads(Streams.CallEvents, callEvents(Ended, CancelRequested, CalledBack)),
      ...watches(Workers),
    ],
  };
}

/** An app that handles call events and runs no tools. */
function eventWorker(name: string, about: string, events: readonly CallEventName[]): NatsUser {
  return {
    name,
    about,
    publish: [
      ...WORKS,
      ...events.flatMap((event) =>
        callEvents(event).flatMap((filter) => worksOn(Streams.CallEvents, callEventDurable(name, event), filter)),
      ),
      ...deadLettersFrom(Streams.CallEvents),
      ...looksUp(Settings),
    ],
  };
}

const operator: NatsUser = {
  name: 'operator',
  about: 'The command line. Reads all but control URLs, puts dead letters back, erases.',
  publish: [
    ...asksJetStream,
    ...inspects(...ALL_STORES),
    ...ALL_STREAMS.flatMap((name) => reads(name, [`${StreamSubjects[name][0]?.split('.')[0] ?? name}.>`])),
    ...looksUp(...ALL_STORES.filter((store) => store !== Control)),
    ...Object.values(Buckets)
      .filter((bucket) => bucket !== Control)
      .flatMap(watches),
    ...listsConsumers(...ALL_STREAMS),
    ...everythingOf(Streams.ToolCalls),
    ...everythingOf(Streams.CallEvents),
    ...erases(...ALL_STORES.filter((store) => store !== Leases && store !== Settings)),
    // The kill switch of speech.
    ...keysOf(Settings, MuteKeys.all, MuteKeys.calls),
    // Another number of partitions, while no service runs.
    ...keysOf(Settings, PARTITIONS_KEY),
    // What is left of utterance batches when a call was erased.
    Subjects.utterancesRedacted,
    Subjects.callsQuery('*'),
  ],
};

const backend: NatsUser = {
  name: 'backend',
  about: 'A backend service of your own that has something to say in calls. Reads nothing.',
  publish: callEvents(Announcement),
};

/** Everybody who logs in to the NATS of an installation. */
export const NATS_USERS: readonly NatsUser[] = [
  gateway,
  notifier,
  toolWorker('http-worker', 'Runs the tools of its file, whatever their names.'),
  toolWorker('appointments-worker', 'Runs its own tools alone.', [
    'find_slots',
    'book_appointment',
    'cancel_appointment',
  ]),
  toolWorker('worker', 'A worker that has no user of its own yet.'),
  eventWorker('follow-up-worker', 'Hears of what could not be said, and of nothing else.', [Undelivered]),
  operator,
  backend,
];

function deadLettersFrom(stream: StreamName): Grants {
  return [Subjects.deadLetter(deadLetterOrigin(stream), '*')];
}
