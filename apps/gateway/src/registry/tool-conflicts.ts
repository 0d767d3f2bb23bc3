import { ConflictKinds } from './tool-state.types.js';
import type { ConflictKind, ConflictParty, LiveReplica, ToolConflict } from './tool-state.types.js';

/** A rolling update is over by then. */
export const LASTING_MS = 300_000;

/** Says what arguments a definition wants, as a digest; undefined: it was never seen. */
export type SchemaLookup = (worker: string, version: string) => string | undefined;

/** What is new about the conflicts of a tool since the last look. */
export interface ConflictChange {
  readonly kind: ConflictKind;
  /** Begun, or its parties are others; `lasting`: it is no rolling update; `over`. */
  readonly what: 'changed' | 'lasting' | 'over';
  readonly conflict: ToolConflict;
}

/** Follows the conflicts of one tool: since when there are any, and what is news. Pure: the time is the caller's. */
export class ToolConflicts {
  private readonly known = new Map<ConflictKind, ToolConflict>();

  /** As of the last {@link look}. */
  get current(): readonly ToolConflict[] {
    return ConflictKinds.flatMap((kind) => this.known.get(kind) ?? []);
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
      return before === undefined ? undefined : { kind, what: 'over', conflict: before };
    }
    const since = before?.since ?? at;
    const conflict = { kind, since, isLasting: at - since > LASTING_MS, parties, schemas: compare(parties, schemaOf) };
    this.known.set(kind, conflict);
    if (before === undefined || signature(before) !== signature(conflict)) return { kind, what: 'changed', conflict };
    return conflict.isLasting && !before.isLasting ? { kind, what: 'lasting', conflict } : undefined;
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
function signature({ parties, schemas }: ToolConflict): string {
  return JSON.stringify([schemas, parties.map(({ worker, version }) => [worker, version])]);
}
