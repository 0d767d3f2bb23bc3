import type { UtteranceRecord } from '@interject/contracts';
import type { TrackedToolCall } from '../vapi/tracked-tool-call.js';
import type { Excuse, Fate } from './account.types.js';
import type { StoredToolCall } from './stream-readings.js';

export interface Evidence {
  readonly seen: TrackedToolCall;
  readonly stored: StoredToolCall;
  /** When the call was over, by Vapi's side. */
  readonly callEndedAt: number | undefined;
  /** Why it may be unconfirmed. */
  readonly excuse: Excuse | undefined;
  /** Speech was told late, or not at all, while it was said: the notifier cannot know who was cut off. */
  readonly isBlurred: boolean;
}

export interface Verdict {
  readonly fate: Fate;
  /** Why it is lost or twice. */
  readonly problem?: string;
  /** Of an unconfirmed one. */
  readonly excuse?: Excuse;
}

/** Clocks of Vapi's side and the server's, read in different processes. */
const CLOCK_MS = 50;

/** What became of one tool call, and whether that is right (DESIGN 6). */
export function judge(evidence: Evidence): Verdict {
  const { seen, stored } = evidence;
  const timesSaid = seen.said.length + (seen.inlineAt === undefined ? 0 : 1);
  // A POST behind the end is not heard by chance alone: after it was said it is a second one.
  const posts = seen.posts.filter(({ outcome }) => outcome === 'call over').length;
  const repeats = stored.records.filter(
    ({ record }) => record.state === 'interrupted' && record.final === false,
  ).length;
  const isRepeated = evidence.isBlurred && timesSaid > 1 && timesSaid - 1 <= repeats;
  if (isRepeated && isSettled(stored)) return { fate: 'repeated' };
  if (timesSaid > 1) return { fate: 'twice', problem: `said ${String(timesSaid)} times` };
  if (timesSaid === 1 && posts > 0) return { fate: 'twice', problem: 'posted again after it was said' };
  if (stored.results.length > 1) return { fate: 'twice', problem: `${String(stored.results.length)} results` };
  if (stored.utteranceIds.size > 1) return { fate: 'twice', problem: `${String(stored.utteranceIds.size)} utterances` };
  if (seen.acceptedAt === undefined) return { fate: 'not-accepted' };
  const last = stored.records.at(-1);
  if (stored.results.length === 0) return lost('no result');
  if (last === undefined) return lost('no utterance');
  if (last.record.state === 'sending' || last.record.final === false) return lost('no final record');
  const early = stored.records.slice(0, -1).find(({ record }) => isFinal(record));
  if (early !== undefined) return { fate: 'twice', problem: `a record behind its final one, ${early.record.state}` };
  return byState(evidence, last, timesSaid === 1);
}

/** Its end has been recorded. */
export function isSettled(stored: StoredToolCall): boolean {
  const last = stored.records.at(-1);
  return last !== undefined && isFinal(last.record);
}

function byState(
  { seen, callEndedAt, excuse }: Evidence,
  { at, record }: { readonly at: number; readonly record: UtteranceRecord },
  isSaid: boolean,
): Verdict {
  const { state, reason } = record;
  // By then the call was over: nobody could observe it any more.
  const isOver = callEndedAt !== undefined && callEndedAt <= at + CLOCK_MS;
  const isCut = isOver && seen.posts.length > 0 && seen.heard.length === 0;
  switch (state) {
    case 'heard':
    case 'answered-inline':
      return isSaid ? { fate: 'said' } : lost(`recorded as ${state}, and not said`);
    case 'unconfirmed':
      // It was said, or about to be, when the call ended.
      if (isCut) return { fate: 'cut-by-end' };
      if (excuse === undefined) return lost('unconfirmed, and nothing had happened');
      return { fate: isSaid ? 'unconfirmed-said' : 'unconfirmed-unsaid', excuse };
    case 'undelivered':
      if (!isOver) return lost(`undelivered (${String(reason)}) while the call lived`);
      return isSaid ? lost(`undelivered (${String(reason)}), and it was said`) : { fate: 'undelivered' };
    case 'interrupted':
      return isCut ? { fate: 'cut-by-end' } : lost('interrupted by nobody');
    case 'sending':
    case 'replaced':
    case 'expired':
      return lost(state);
  }
}

function lost(problem: string): Verdict {
  return { fate: 'lost', problem };
}

function isFinal({ state, final }: UtteranceRecord): boolean {
  return state !== 'sending' && final !== false;
}
