import type { Backend } from '../../harness/backend.js';
import type { Strike } from '../fault.types.js';
import { markersIn } from '../vapi/tracked-tool-call.js';
import type { TrackedToolCall } from '../vapi/tracked-tool-call.js';
import type { Sighting } from './account.types.js';
import type { StoredToolCall } from './stream-readings.js';

/** What is shown before it was asked for, and behind the last that was seen. */
const BEFORE_MS = 8000;
const AROUND_MS = 1000;

/** Everything that was seen of a tool call, and what happened around it. */
export function timelineOf(
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
  const near = around.filter((sighting) => sighting.at >= seen.askedAt - BEFORE_MS && sighting.at <= last + AROUND_MS);
  return [...sightings, ...near].sort((a, b) => a.at - b.at);
}

/** Blows as lines of a timeline. */
export function strikesIn(strikes: readonly Strike[]): Sighting[] {
  return strikes.flatMap(({ at, until, title }) => [
    { at, what: `=== ${title}` },
    ...(until === undefined ? [] : [{ at: until, what: `=== recovery can begin: ${title}` }]),
  ]);
}

/** The backend's side of each job, by marker. */
export function jobSightings(backend: Backend): Map<string, Sighting[]> {
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

/** One line, or none. */
export function at(moment: number | undefined, what: string): Sighting[] {
  return moment === undefined ? [] : [{ at: moment, what }];
}
