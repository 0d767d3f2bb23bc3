/** Streams and what is kept in them (docs/reference/events.md). */
export const Streams = {
  ToolCalls: 'TOOL_CALLS',
  CallEvents: 'CALL_EVENTS',
  Floor: 'FLOOR',
  Utterances: 'UTTERANCES',
  DeadLetters: 'DEAD_LETTERS',
} as const;
export type StreamName = (typeof Streams)[keyof typeof Streams];

/** KV buckets. `control` holds control URLs and is granted to gateway and notifier alone. */
export const Buckets = {
  Tools: 'tools',
  Leases: 'leases',
  Ledger: 'ledger',
  Control: 'control',
  Calls: 'calls',
  Settings: 'settings',
  Workers: 'workers',
} as const;
export type BucketName = (typeof Buckets)[keyof typeof Buckets];

/** Facts about a call, the fourth token of `calls.<partition>.<callToken>.<event>[.<key>]`. */
export const CallEventNames = {
  Status: 'status',
  Ended: 'ended',
  Progress: 'progress',
  Result: 'result',
  Announcement: 'announcement',
  CancelRequested: 'cancel-requested',
  Undelivered: 'undelivered',
  HandedOver: 'handed-over',
  CalledBack: 'called-back',
  Restarted: 'restarted',
} as const;
export type CallEventName = (typeof CallEventNames)[keyof typeof CallEventNames];

/** A tool's name as Vapi allows it; fits a subject token and a consumer name as it is. VAPI.md 5. */
export const TOOL_NAME = /^[a-zA-Z0-9_-]{1,64}$/;

/** Builders of every subject, so that no other place spells one. */
export const Subjects = {
  toolCall: (tool: string, partition: number | '*', key: string): string =>
    `tool-calls.${tool}.${String(partition)}.${key}`,
  toolCallsOfTool: (tool: string): string => `tool-calls.${tool}.*.*`,
  toolCallsOfPartition: (partition: number | '*'): string => `tool-calls.*.${String(partition)}.*`,
  callEvent: (partition: number, callToken: string, event: CallEventName, key?: string): string =>
    `calls.${String(partition)}.${callToken}.${event}${key === undefined ? '' : `.${key}`}`,
  callEventsOfCall: (partition: number | '*', callToken: string): string => `calls.${String(partition)}.${callToken}.>`,
  /** Events of one name in all calls; `isKeyed` for those that end in a key (all but `status` and `ended`). */
  callEventsNamed: (event: CallEventName, isKeyed: boolean): string => `calls.*.*.${event}${isKeyed ? '.*' : ''}`,
  callEventsOfPartition: (partition: number): string => `calls.${String(partition)}.>`,
  floor: (partition: number | '*', callToken: string): string => `floor.${String(partition)}.${callToken}`,
  floorOfPartition: (partition: number): string => `floor.${String(partition)}.*`,
  utterances: (partition: number): string => `utterances.${String(partition)}`,
  /** Batches of utterance logs from which an erased call was taken out; no log, nobody reads it but for audit. */
  utterancesRedacted: 'utterances.redacted',
  deadLetter: (origin: string, reason: string): string => `dead-letters.${origin}.${reason}`,
  /** Core request, answered by the partition's owner: what is the state of a live call? */
  callsQuery: (partition: number | '*'): string => `calls-query.${String(partition)}`,
} as const;

/** Subjects that each stream stores. */
export const StreamSubjects: Readonly<Record<StreamName, readonly string[]>> = {
  TOOL_CALLS: ['tool-calls.*.*.*'],
  CALL_EVENTS: ['calls.>'],
  FLOOR: ['floor.*.*'],
  UTTERANCES: ['utterances.*'],
  DEAD_LETTERS: ['dead-letters.*.*'],
};

/** Name of the durable consumer that the replicas of an app share for one call event. */
export function callEventDurable(app: string, event: CallEventName): string {
  return `${app}-${event}`;
}

/** Name of the durable consumer that the replicas of a tool's worker share. */
export function workerDurable(tool: string): string {
  return `worker-${tool}`;
}
