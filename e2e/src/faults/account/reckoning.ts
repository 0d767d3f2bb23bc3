import type { Backend } from '../../harness/backend.js';
import type { Bounds, Strike } from '../fault.types.js';
import type { Crowd } from '../vapi/crowd.js';
import { markersIn } from '../vapi/tracked-tool-call.js';
import type { TrackedToolCall } from '../vapi/tracked-tool-call.js';
import type { Account, Sighting, ToolCallEntry } from './account.types.js';
import type { Pulse } from '../run/pulse.js';
import { judge } from './judge.js';
import type { StoredToolCall, StreamReadings } from './stream-readings.js';

/** After a blow everything goes on within this time (DESIGN 6). */
const GOES_ON_WITHIN_MS = 5000;
/** Longest wait for a quiet moment in these calls when nothing is wrong: two turns of the caller and what is said before. */
const HOLD_MS = 2500;
/** The notifier's own bound on holding, sped up: reached when it was told late who speaks. */
const MAX_HOLD_MS = 4000;
/** How long it believes that the assistant speaks when the word of its end never came; not sped up. */
const LONGEST_TURN_MS = 30_000;
/** A blow is felt that long: calls that came behind it have its consequences. */
const FELT_MS = 8000;
/** What is shown behind the last that was seen. */
const AROUND_MS = 1000;

const SHED = 'speech that the webhooks of this call told never got into FLOOR';

export interface ReckoningSources {
  readonly crowd: Crowd;
  readonly readings: StreamReadings;
  readonly backend: Backend;
  readonly strikes: readonly Strike[];
  readonly notes: readonly Sighting[];
  readonly bounds: Bounds | undefined;
  readonly slack: number;
  readonly pulse: Pulse;
}

/** Draws up the account of a run from what Vapi's side saw and what the streams hold. */
export function reckon(sources: ReckoningSources): Account {
  const { crowd, readings, strikes } = sources;
  const jobs = jobSightings(sources.backend);
  const entries = crowd.toolCalls.map((seen) => {
    const stored = readings.get(seen.callId, seen.toolCallId);
    return entryOf(sources, seen, stored, jobs.get(seen.marker) ?? []);
  });
  const accepted = crowd.toolCalls.filter(({ acceptedAt }) => acceptedAt !== undefined);
  const results = accepted.map(({ callId, toolCallId }) => readings.get(callId, toolCallId).results.length);
  return {
    entries,
    results: results.reduce((sum, count) => sum + count, 0),
    calls: crowd.calls.length,
    strikes,
    answers: crowd.webhooks.answers,
  };
}

function entryOf(
  sources: ReckoningSources,
  seen: TrackedToolCall,
  stored: StoredToolCall,
  jobs: readonly Sighting[],
): ToolCallEntry {
  const { crowd, strikes, notes, pulse } = sources;
  const { callId, toolCallId, marker, askedAt, acceptedAt, jobMs } = seen;
  const call = crowd.call(callId);
  const doneAt = [seen.inlineAt, seen.said[0], stored.records.at(-1)?.at].find((at) => at !== undefined);
  const { isExcused, isBlurred, isShed, under } = circumstances(sources, seen, stored, doneAt);
  const from = Math.max(acceptedAt ?? Infinity, ...under.map(({ until, at }) => until ?? at));
  const isTimed = doneAt !== undefined && acceptedAt !== undefined;
  const struckBy = under.at(-1);
  const around = [...strikesIn(strikes), ...notes, ...(call?.speech ?? [])];
  return {
    callId,
    toolCallId,
    marker,
    ...judge({ seen, stored, callEndedAt: call?.endedAt, isExcused, isBlurred }),
    askedAt,
    allowedMs: allowedFor(sources, isShed, isBlurred) + (isTimed ? pulse.lostBetween(from, doneAt) : 0),
    timeline: timelineOf(seen, stored, jobs, [...at(isShed ? askedAt : undefined, SHED), ...around], call?.endedAt),
    ...(acceptedAt === undefined ? {} : { acceptedAt }),
    ...(doneAt === undefined ? {} : { doneAt }),
    ...(isTimed ? { delayMs: Math.max(0, doneAt - jobMs - from) } : {}),
    ...(struckBy === undefined ? {} : { struckBy }),
  };
}

/** What fell upon a tool call, and how much the notifier could know of who speaks in its call. */
function circumstances(
  { crowd, readings, strikes }: ReckoningSources,
  { callId, askedAt }: TrackedToolCall,
  { records }: StoredToolCall,
  doneAt = Infinity,
) {
  const call = crowd.call(callId);
  // A blow between its words and their record leaves them unconfirmed; late it makes only what was not said yet.
  const recordedAt = records.at(-1)?.at ?? doneAt;
  const struck = strikes.filter(({ at, until = at }) => at <= recordedAt && until >= askedAt - FELT_MS);
  const under = struck.filter(({ at, until = at }) => until >= askedAt && at <= doneAt);
  const isShed = call?.speechTaken.some((key) => !readings.hasFloor(key)) ?? false;
  const isBlurred = isShed || (call?.speechTrouble ?? 0) > 0;
  return { under, isShed, isBlurred, isExcused: struck.length > 0 || isBlurred };
}

function allowedFor({ bounds, slack }: ReckoningSources, isShed: boolean, isBlurred: boolean): number {
  const isSet = bounds !== undefined && 'goesOnWithinMs' in bounds;
  const goesOnWithinMs = (isSet ? bounds.goesOnWithinMs : GOES_ON_WITHIN_MS) ?? Infinity;
  return (goesOnWithinMs + HOLD_MS + (isShed ? LONGEST_TURN_MS : isBlurred ? MAX_HOLD_MS : 0)) * slack;
}

function timelineOf(
  seen: TrackedToolCall,
  stored: StoredToolCall,
  jobs: readonly Sighting[],
  around: readonly Sighting[],
  endedAt: number | undefined,
): Sighting[] {
  const sightings: Sighting[] = [
    ...seen.attempts.map(({ at, outcome }) => ({ at, what: `webhook sent, came to: ${outcome}` })),
    ...at(seen.acceptedAt, 'webhook answered 200'),
    ...at(seen.inlineAt, 'answered inline'),
    ...seen.posts.map((post) => ({ at: post.at, what: `POST say: ${post.outcome}` })),
    ...seen.told.map((told) => ({ at: told, what: 'POST silent message about it' })),
    ...seen.said.map((said) => ({ at: said, what: 'begun to be said' })),
    ...at(endedAt, 'the call is over'),
    ...jobs,
    ...stored.sightings,
  ];
  const last = Math.max(...sightings.map((sighting) => sighting.at));
  const near = around.filter((sighting) => sighting.at >= seen.askedAt - FELT_MS && sighting.at <= last + AROUND_MS);
  return [...sightings, ...near].sort((a, b) => a.at - b.at);
}

function strikesIn(strikes: readonly Strike[]): Sighting[] {
  return strikes.flatMap(({ at, until, title }) => [
    { at, what: `=== ${title}` },
    ...(until === undefined ? [] : [{ at: until, what: `=== recovery can begin: ${title}` }]),
  ]);
}

/** The backend's side of each job, by marker. */
function jobSightings(backend: Backend): Map<string, Sighting[]> {
  const found = new Map<string, Sighting[]>();
  for (const { text, from, to } of backend.spans) {
    const [marker] = markersIn(text);
    if (marker === undefined) continue;
    const sightings = found.get(marker) ?? [];
    sightings.push({ at: from, what: 'backend: job begun' }, ...at(to, 'backend: job over'));
    found.set(marker, sightings);
  }
  return found;
}

function at(moment: number | undefined, what: string): Sighting[] {
  return moment === undefined ? [] : [{ at: moment, what }];
}
