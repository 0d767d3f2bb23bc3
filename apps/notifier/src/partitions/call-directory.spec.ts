import { callToken } from '@interject/contracts';
import { DEFAULT_SPEECH_SETTINGS } from '@interject/speech';
import type { CallAction, CallFact } from '@interject/speech';
import { Clock } from '@interject/observability';
import { VirtualClock } from '@interject/testing';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { OwnerClock } from '../owner-clock.js';
import { FloorMemory } from './floor-memory.js';
import { MAX_SENDS_UNDER_WAY, SendSlots } from './send-slots.js';
import { SpeechGap } from './speech-gap.js';
import { CallDirectory } from './call-directory.js';

const begins = { start: { toolCalls: 1, callEvents: 1, utterances: 1 }, index: 1 };
const next = (): typeof begins => begins;

/** A clock that moves on a little at each look, as a real one does, and whose timers come a little early. */
class CreepingClock extends Clock {
  private crept = 0;
  constructor(private readonly virtual: VirtualClock) {
    super();
  }
  override now(): number {
    return this.virtual.now();
  }
  override monotonic(): number {
    this.crept += 0.3;
    return this.virtual.monotonic() + (this.crept % 1);
  }
  override setTimeout(run: () => void, delayMs: number): unknown {
    return this.virtual.setTimeout(run, Math.max(1, Math.floor(delayMs - 0.9)));
  }
  override clearTimeout(timer: unknown): void {
    this.virtual.clearTimeout(timer as number | undefined);
  }
}

let clock: VirtualClock;
let actions: [string, CallAction][];
let directory: CallDirectory;
let unread: Map<string, CallFact[]>;

function fact(callId: string, kind: Exclude<CallFact['kind'], 'tool-call' | 'result' | 'progress'>): CallFact {
  const at = clock.now();
  switch (kind) {
    case 'status':
      return { kind, fact: { callId, status: 'in-progress', at } };
    case 'floor':
      return { kind, fact: { callId, speaker: 'assistant', change: 'stopped', at, receivedAt: at } };
    case 'ended':
      return { kind, fact: { callId, at } };
    case 'announcement':
      return { kind, fact: { callId, announcementId: 'a', text: 'Hello.', at } };
    case 'cancel-requested':
      return { kind, fact: { callId, toolCallId: 'tc', reason: 'the caller', at } };
  }
}

function adopt(callId: string, facts: readonly CallFact[]): void {
  const past = facts.map((one) => ({ fact: one, at: clock.now() }));
  directory.adopt(callId, past, begins);
}

function kinds(callId: string): string[] {
  return actions.filter(([id]) => id === callId).map(([, action]) => action.kind);
}

describe('CallDirectory', () => {
  beforeEach(() => {
    clock = new VirtualClock();
    actions = [];
    unread = new Map();
    const creeping = new CreepingClock(clock);
    directory = new CallDirectory({
      clock: creeping,
      ownerClock: new OwnerClock(creeping),
      settings: DEFAULT_SPEECH_SETTINGS,
      floors: new FloorMemory(creeping),
      slots: new SendSlots(creeping),
      speechGap: new SpeechGap(creeping),
      speechSwitch: { isMuted: () => false },
      mayBegin: () => true,
      run: (callId, list) => {
        for (const action of list) actions.push([callId, action]);
      },
      findUnread: (callId) => {
        const facts = unread.get(callId);
        unread.delete(callId);
        if (facts !== undefined) adopt(callId, facts);
      },
      nextCallEvent: () => 77,
    });
  });

  it('wakes each call in time, though the clock moves on between decision and timer', async () => {
    for (let i = 0; i < 50; i += 1) {
      directory.take(fact(`c${String(i)}`, 'status'), next);
      directory.take(fact(`c${String(i)}`, 'floor'), next);
      directory.take(fact(`c${String(i)}`, 'announcement'), next);
      await clock.advance(7);
    }
    await clock.advance(DEFAULT_SPEECH_SETTINGS.quietMs + 10);
    for (let i = 0; i < 50; i += 1) expect(kinds(`c${String(i)}`)).toEqual(['append']);
  });

  it('begins no more sends at a time than there are slots, and the next when one has ended', async () => {
    const callIds = Array.from({ length: MAX_SENDS_UNDER_WAY + 2 }, (_none, i) => `c${String(i)}`);
    const past = ['status', 'floor', 'announcement'] as const;
    for (const callId of callIds) {
      adopt(
        callId,
        past.map((kind) => fact(callId, kind)),
      );
    }
    const begun = (): string[] => callIds.filter((callId) => kinds(callId).includes('append'));
    await clock.advance(DEFAULT_SPEECH_SETTINGS.quietMs + 10);
    expect(begun()).toHaveLength(MAX_SENDS_UNDER_WAY);
    const [first] = begun();
    const sending = actions.find(([callId]) => callId === first)?.[1];
    if (first === undefined || sending?.kind !== 'append') throw new Error('nothing has begun');
    const { utteranceId } = sending.record;
    directory.give(first, { kind: 'recorded', utteranceId, state: 'sending', isStale: false });
    await clock.advance(1);
    expect(begun()).toHaveLength(MAX_SENDS_UNDER_WAY);
    directory.give(first, { kind: 'post-outcome', sendId: 1, outcome: 'accepted' });
    await clock.advance(2);
    expect(begun()).toHaveLength(MAX_SENDS_UNDER_WAY + 1);
  });

  it('takes up a call with all that had happened in it, then decides', () => {
    adopt('c', [fact('c', 'status'), fact('c', 'announcement'), fact('c', 'ended')]);
    expect(kinds('c')).toEqual(['append', 'purge-control-url']);
  });

  it.each([
    ['a new fact', () => directory.take(fact('c', 'floor'), next)],
    ['a question', () => directory.snapshot('c')],
    ['an announcement that asks to be let in', () => directory.admit('c', 'x')],
  ])('looks into a call that nobody has looked into yet when it is asked for: %s', (_what, ask) => {
    unread.set('c', [fact('c', 'status'), fact('c', 'announcement')]);
    ask();
    expect(directory.snapshot('c')).toMatchObject({ status: 'in-progress', utterances: [{ source: 'announcement' }] });
  });

  it('does not bring an ended call back to life for what straggles in', () => {
    directory.take(fact('c', 'status'), next);
    directory.take(fact('c', 'ended'), next);
    expect(kinds('c')).toEqual(['purge-control-url', 'write-summary', 'close']);
    for (const kind of ['floor', 'status', 'ended'] as const) directory.take(fact('c', kind), next);
    expect(directory.size).toBe(0);
    directory.take(fact('c', 'announcement'), next);
    expect(kinds('c').at(-1)).toBe('recall-call');
  });

  it('begins nothing for a wish to cancel: a summary of a call that ended long ago would say that it lives', async () => {
    directory.take(fact('c', 'cancel-requested'), next);
    expect(directory.size).toBe(0);
    await clock.advance(3_600_000);
    expect(actions).toEqual([]);
  });

  it('counts a call that is over as open until that is stored, and then tells how far it was read', () => {
    const at = (n: number) => () => ({ start: { toolCalls: n, callEvents: n, utterances: n }, index: n });
    directory.take(fact('a', 'status'), at(3));
    directory.take(fact('b', 'status'), at(5));
    directory.take(fact('a', 'ended'), at(6));
    expect([...directory.openCalls()].map(({ callId, index }) => [callId, index])).toEqual([
      ['b', 5],
      ['a', 3],
    ]);
    expect(directory.settled('a')).toEqual({ callToken: callToken('a'), before: 77 });
    expect([...directory.openCalls()].map(({ callId }) => callId)).toEqual(['b']);
    expect(directory.settled('b')).toBeUndefined();
  });

  it('forgets a call of which nothing is heard for 15 minutes, without a timer of its own until shortly before', async () => {
    directory.take(fact('c', 'status'), next);
    await clock.advance(15 * 60_000 - 20_000);
    expect(directory.size).toBe(1);
    await clock.advance(30_000);
    expect(directory.size).toBe(0);
    expect(kinds('c')).toEqual(['write-summary', 'close']);
  });

  it('does nothing any more once it is cleared', async () => {
    directory.take(fact('c', 'status'), next);
    directory.take(fact('c', 'announcement'), next);
    directory.clear();
    await clock.advance(60_000);
    expect(actions).toEqual([]);
  });
});
