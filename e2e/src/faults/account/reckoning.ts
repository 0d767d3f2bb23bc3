import type { Backend } from '../../harness/backend.js';
import type { Strike } from '../fault.types.js';
import type { Pulse } from '../run/pulse.js';
import type { Crowd } from '../vapi/crowd.js';
import type { TrackedToolCall } from '../vapi/tracked-tool-call.js';
import type { Account, Excuse, PlayedAct, Sighting, ToolCallEntry } from './account.types.js';
import { actOf } from './belonging.js';
import { goesOnWithin } from './bounds.js';
import type { Hearing } from './bounds.js';
import { hearingIn, isBlurred } from './hearing.js';
import { isSettled, judge } from './judge.js';
import type { StoredToolCall, StreamReadings } from './stream-readings.js';
import { at, jobSightings, strikesIn, timelineOf } from './timeline.js';

/** A blow is felt that long: calls that came behind it have its consequences. */
const FELT_MS = 8000;

/** Only these can keep a notifier from knowing what became of a POST: without the others it is the webhooks of speech alone. */
const LEAVE_UNCONFIRMED: ReadonlySet<Strike['target']> = new Set(['notifier', 'nats', 'network', 'vapi', 'machine']);

const SHED = 'speech that the webhooks of this call told never got into FLOOR';

export interface ReckoningSources {
  /** In their order. */
  readonly acts: readonly PlayedAct[];
  readonly crowd: Crowd;
  readonly readings: StreamReadings;
  readonly backend: Backend;
  readonly slack: number;
  readonly pulse: Pulse;
}

/** What fell upon a tool call in an act, and what is right for it there. */
interface Circumstances {
  /** Blows that fell while it was under way. */
  readonly under: readonly Strike[];
  readonly hearing: Hearing;
  /** Why it may be unconfirmed. */
  readonly excuse: Excuse | undefined;
  readonly isBlurred: boolean;
  /** From when it could go on. */
  readonly from: number;
  readonly allowedMs: number;
}

/** Draws up the account of each act from what Vapi's side saw and what the streams hold. */
export function reckon(sources: ReckoningSources): Account[] {
  const { acts, crowd, readings } = sources;
  const jobs = jobSightings(sources.backend);
  const entries = acts.map((): ToolCallEntry[] => []);
  const results = acts.map(() => 0);
  for (const seen of crowd.toolCalls) {
    const stored = readings.get(seen.callId, seen.toolCallId);
    const index = indexOf(sources, seen, stored);
    const act = acts[index];
    if (act === undefined) continue;
    entries[index]?.push(entryOf(sources, act, seen, stored, jobs.get(seen.marker) ?? []));
    if (seen.acceptedAt !== undefined) results[index] = (results[index] ?? 0) + stored.results.length;
  }
  return acts.map(({ from, until, strikes }, index): Account => ({
    entries: entries[index] ?? [],
    results: results[index] ?? 0,
    calls: crowd.calls.filter(({ begunAt }) => begunAt >= from && begunAt < until).length,
    strikes,
    answers: crowd.webhooks.answers(from, until),
  }));
}

function indexOf(sources: ReckoningSources, seen: TrackedToolCall, stored: StoredToolCall): number {
  const { acts } = sources;
  const doneAt = doneAtOf(seen, stored) ?? Infinity;
  return actOf({
    acts,
    askedAt: seen.askedAt,
    overAt: isSettled(stored) ? (stored.records.at(-1)?.at ?? Infinity) : Infinity,
    isTooLate: (index, at) => {
      const act = acts[index];
      if (act === undefined) return false;
      const { from, allowedMs } = circumstances(sources, act, seen, stored);
      return delayOf(seen, stored, from, Math.min(at, doneAt)) > allowedMs;
    },
  });
}

function entryOf(
  sources: ReckoningSources,
  act: PlayedAct,
  seen: TrackedToolCall,
  stored: StoredToolCall,
  jobs: readonly Sighting[],
): ToolCallEntry {
  const { acts, crowd } = sources;
  const { callId, toolCallId, marker, askedAt, acceptedAt } = seen;
  const call = crowd.call(callId);
  const doneAt = doneAtOf(seen, stored);
  const { hearing, excuse, isBlurred, under, from, allowedMs } = circumstances(sources, act, seen, stored);
  const isTimed = doneAt !== undefined && acceptedAt !== undefined;
  const struckBy = under.at(-1);
  const shed = at(hearing === 'lost' ? askedAt : undefined, SHED);
  const around = acts.flatMap(({ strikes, notes }) => [...strikesIn(strikes), ...notes]);
  return {
    callId,
    toolCallId,
    marker,
    ...judge({ seen, stored, callEndedAt: call?.endedAt, excuse, isBlurred }),
    askedAt,
    allowedMs,
    timeline: timelineOf(seen, stored, jobs, [...shed, ...around, ...(call?.speech ?? [])], call?.endedAt),
    ...(acceptedAt === undefined ? {} : { acceptedAt }),
    ...(doneAt === undefined ? {} : { doneAt }),
    ...(isTimed ? { delayMs: delayOf(seen, stored, from, doneAt) } : {}),
    ...(struckBy === undefined ? {} : { struckBy }),
  };
}

/** When it was first said, or else its last record was stored. */
function doneAtOf({ inlineAt, said }: TrackedToolCall, { records }: StoredToolCall): number | undefined {
  return [inlineAt, said[0], records.at(-1)?.at].find((moment) => moment !== undefined);
}

/** Without its job's own time, unless the result was there by then. */
function delayOf({ jobMs }: TrackedToolCall, { results }: StoredToolCall, from: number, until: number): number {
  const isWorkedOn = (results[0]?.at ?? Infinity) > from;
  return Math.max(0, until - from - (isWorkedOn ? jobMs : 0));
}

function circumstances(
  { crowd, readings, slack, pulse }: ReckoningSources,
  { strikes, bounds }: PlayedAct,
  seen: TrackedToolCall,
  stored: StoredToolCall,
): Circumstances {
  const { callId, askedAt, acceptedAt, posts } = seen;
  const { records } = stored;
  const doneAt = doneAtOf(seen, stored) ?? Infinity;
  // A blow between its words and their record leaves them unconfirmed; late it makes only what was not said yet.
  const recordedAt = records.at(-1)?.at ?? doneAt;
  const struck = strikes.filter(({ at, until = at }) => at <= recordedAt && until >= askedAt - FELT_MS);
  const under = struck.filter(({ at, until = at }) => until >= askedAt && at <= doneAt);
  const from = Math.max(acceptedAt ?? Infinity, ...under.map(({ until, at }) => until ?? at));
  const told = crowd.call(callId)?.speechTold ?? [];
  const hasFloor = (key: string): boolean => readings.hasFloor(key);
  const hearing = hearingIn(told, hasFloor, { from: askedAt, until: doneAt });
  // Of what is told while it is said: what came before it, or after, changes nothing about that.
  const postedAt = posts[0]?.at ?? Infinity;
  const isUnclear = isBlurred(told, hasFloor, { from: postedAt, until: recordedAt });
  const lostMs = Number.isFinite(from) && Number.isFinite(doneAt) ? pulse.lostBetween(from, doneAt) : 0;
  return {
    under,
    hearing,
    excuse: struck.some(({ target }) => LEAVE_UNCONFIRMED.has(target)) ? 'blow' : isUnclear ? 'speech' : undefined,
    isBlurred: isUnclear,
    from,
    allowedMs: goesOnWithin(bounds, slack, hearing) + lostMs,
  };
}
