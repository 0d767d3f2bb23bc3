import type { ToolDefinition } from '@interject/contracts';

/** `live`; `restarting`: no replica at the moment, but there was one just now; `no-worker`: its calls are refused. */
export const ToolStatuses = ['live', 'restarting', 'no-worker'] as const;
export type ToolStatus = (typeof ToolStatuses)[number];

/** A process that runs a tool. */
export interface LiveReplica {
  /** Name of the worker app. */
  readonly worker: string;
  readonly replica: string;
  /** Of the definition that it runs. */
  readonly version: string;
  /** When the process started, by its own clock; ms since the epoch. */
  readonly startedAt: number;
  /** Since when this gateway has heard it without a gap; ms since the epoch. */
  readonly seenSince: number;
}

export const ConflictKinds = [
  /** Workers of different names offer one tool: its calls go to either. */
  'workers',
  /** Replicas of one worker run different definitions: a rolling update, unless it lasts. */
  'versions',
] as const;
export type ConflictKind = (typeof ConflictKinds)[number];

/** Replicas that agree with each other and not with the rest. */
export interface ConflictParty {
  readonly worker: string;
  readonly version: string;
  readonly replicas: number;
}

export interface ToolConflict {
  readonly kind: ConflictKind;
  /** Milliseconds since the epoch. */
  readonly since: number;
  /** Longer than any rolling update takes. */
  readonly isLasting: boolean;
  readonly parties: readonly ConflictParty[];
  /** Whether they want different arguments; `unknown` while this gateway has not seen the definition of each. */
  readonly schemas: 'same' | 'different' | 'unknown';
}

/** One tool as `GET /tools` shows it. */
export interface ToolState {
  readonly name: string;
  readonly status: ToolStatus;
  readonly definition: ToolDefinition;
  readonly replicas: readonly LiveReplica[];
  readonly conflicts: readonly ToolConflict[];
}
