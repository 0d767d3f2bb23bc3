import { ConflictKinds } from './tool-state.types.js';
import type { ConflictKind, ConflictParty, LiveReplica, ToolConflict } from './tool-state.types.js';

/** A rolling update is over by then. */
export const LASTING_MS = 300_000;

/** Heartbeat and definition of a worker that starts come in either order, a moment apart. */
export const UNKNOWN_MS = 5000;

/** Says what arguments a definition wants, as a digest; undefined: it was never seen. */
export type SchemaLookup = (worker: string, version: string) => string | undefined;

/** What is new about the conflicts of a tool since the last look. */
export interface ConflictChange {
  readonly kind: ConflictKind;
  /** Begun, or its parties are others; `lasting`: it is no rolling update; `over`. */
  readonly what: 'changed' | 'lasting' | 'over';
  readonly conflict: ToolConflict;
}

interface Followed {
  readonly conflict: ToolConflict;
  /** When its parties became these. */
  readonly changedAt: number;
  /** What was told of it last. */
  readonly told?: string;
}

/** Follows the conflicts of one tool: since when there are any, and what is news. Pure: the time is the caller's. */
export class ToolConflicts {
  private readonly known = new Map<ConflictKind, Followed>();

  /** As of the last {@link look}. */
  get current(): readonly ToolConflict[] {
    return ConflictKinds.flatMap((kind) => this.known.get(kind)?.conflict ?? []);
  }

  /** @param at wall clock, ms since the epoch */
  look(replicas: readonly LiveReplica[], schemaOf: SchemaLookup, at: number): ConflictChange[] {
    const parties = partiesOf(replicas);
    return ConflictKinds.flatMap((kind) => this.lookFor(kind, disputing(kind, parties), schemaOf, at) ?? []);
  }

  private lookFor(
    kind: ConflictKind,
    parties: readonly ConflictParty[],
    schemaOf: SchemaLookup,
    at: number,
  ): ConflictChange | undefined {
    const before = this.known.get(kind);
    if (parties.length === 0) {
      this.known.delete(kind);
      return before?.told === undefined ? undefined : { kind, what: 'over', conflict: before.conflict };
    }
    const since = before?.conflict.since ?? at;
    const conflict = { kind, since, isLasting: at - since > LASTING_MS, parties, schemas: compare(parties, schemaOf) };
    const isSame = before !== undefined && namesOf(before.conflict) === namesOf(conflict);
    const changedAt = isSame ? before.changedAt : at;
    const news = JSON.stringify([conflict.schemas, namesOf(conflict)]);
    // What is not known yet may be known in a moment: one message says more than two.
    const isRipe = conflict.schemas !== 'unknown' || at - changedAt > UNKNOWN_MS;
    const told = isRipe ? news : before?.told;
    this.known.set(kind, { conflict, changedAt, ...(told === undefined ? {} : { told }) });
    if (told !== undefined && told !== before?.told) return { kind, what: 'changed', conflict };
    return conflict.isLasting && before?.conflict.isLasting === false ? { kind, what: 'lasting', conflict } : undefined;
  }
}

function partiesOf(replicas: readonly LiveReplica[]): ConflictParty[] {
  const parties = new Map<string, ConflictParty>();
  for (const { worker, version } of replicas) {
    const key = JSON.stringify([worker, version]);
    parties.set(key, { worker, version, replicas: (parties.get(key)?.replicas ?? 0) + 1 });
  }
  return [...parties].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, party]) => party);
}

function disputing(kind: ConflictKind, parties: readonly ConflictParty[]): readonly ConflictParty[] {
  switch (kind) {
    case 'workers':
      return new Set(parties.map(({ worker }) => worker)).size > 1 ? parties : [];
    case 'versions':
      return parties.filter(({ worker }) => parties.filter((other) => other.worker === worker).length > 1);
  }
}

function compare(parties: readonly ConflictParty[], schemaOf: SchemaLookup): ToolConflict['schemas'] {
  const digests = parties.map(({ worker, version }) => schemaOf(worker, version));
  const known = new Set(digests.filter((digest) => digest !== undefined));
  if (known.size > 1) return 'different';
  return digests.includes(undefined) ? 'unknown' : 'same';
}

/** Not how many replicas there are: that changes all through a rolling update. */
function namesOf({ parties }: ToolConflict): string {
  return JSON.stringify(parties.map(({ worker, version }) => [worker, version]));
}
