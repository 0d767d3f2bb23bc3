import { DEFAULT_SPEECH_SETTINGS } from '@interject/speech';
import type { CallAction, CallFact } from '@interject/speech';
import { Clock } from '@interject/observability';
import { VirtualClock } from '@interject/testing';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { OwnerClock } from '../owner-clock.js';
import { FloorMemory } from './floor-memory.js';
import { CallDirectory } from './call-directory.js';

const next = { toolCalls: 1, callEvents: 1, utterances: 1 };

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

function kinds(callId: string): string[] {
  return actions.filter(([id]) => id === callId).map(([, action]) => action.kind);
}

describe('CallDirectory', () => {
  beforeEach(() => {
    clock = new VirtualClock();
    actions = [];
    const creeping = new CreepingClock(clock);
    directory = new CallDirectory({
      clock: creeping,
      ownerClock: new OwnerClock(creeping),
      settings: DEFAULT_SPEECH_SETTINGS,
      floors: new FloorMemory(creeping),
      mayBegin: () => true,
      run: (callId, list) => {
        for (const action of list) actions.push([callId, action]);
      },
    });
  });

  it('wakes each call in time, though the clock moves on between decision and timer', async () => {
    directory.goLive();
    for (let i = 0; i < 50; i += 1) {
      directory.take(fact(`c${String(i)}`, 'status'), 0, next);
      directory.take(fact(`c${String(i)}`, 'floor'), 0, next);
      directory.take(fact(`c${String(i)}`, 'announcement'), 0, next);
      await clock.advance(7);
    }
    await clock.advance(DEFAULT_SPEECH_SETTINGS.quietMs + 10);
    for (let i = 0; i < 50; i += 1) expect(kinds(`c${String(i)}`)).toEqual(['append']);
  });

  it('carries out nothing before the replay has ended', () => {
    directory.take(fact('c', 'status'), 0, next);
    directory.take(fact('c', 'announcement'), 0, next);
    directory.take(fact('c', 'ended'), 0, next);
    expect(actions).toEqual([]);
    directory.goLive();
    expect(kinds('c')).toEqual(['append', 'purge-control-url']);
  });

  it('drops calls of which the replay shows nothing but speech, or a wish to cancel', () => {
    directory.take(fact('ghost', 'floor'), 0, next);
    directory.take(fact('another', 'cancel-requested'), 0, next);
    directory.goLive();
    expect(directory.size).toBe(0);
  });

  it('does not bring an ended call back to life for what straggles in', () => {
    directory.goLive();
    directory.take(fact('c', 'status'), 0, next);
    directory.take(fact('c', 'ended'), 0, next);
    expect(kinds('c')).toEqual(['purge-control-url', 'write-summary', 'close']);
    for (const kind of ['floor', 'status', 'ended'] as const) directory.take(fact('c', kind), 0, next);
    expect(directory.size).toBe(0);
    directory.take(fact('c', 'announcement'), 0, next);
    expect(kinds('c').at(-1)).toBe('recall-call');
  });

  it('begins nothing for a wish to cancel: a summary of a call that ended long ago would say that it lives', async () => {
    directory.goLive();
    directory.take(fact('c', 'cancel-requested'), 0, next);
    expect(directory.size).toBe(0);
    await clock.advance(3_600_000);
    expect(actions).toEqual([]);
  });

  it('puts the checkpoint at the start of the oldest call', () => {
    directory.goLive();
    const start = (n: number): typeof next => ({ toolCalls: n, callEvents: n, utterances: n });
    expect(directory.checkpoint(start(9))).toEqual(start(9));
    directory.take(fact('a', 'status'), 0, start(3));
    directory.take(fact('b', 'status'), 0, start(5));
    expect(directory.checkpoint(start(9))).toEqual(start(3));
    directory.take(fact('a', 'ended'), 0, start(6));
    expect(directory.checkpoint(start(9))).toEqual(start(5));
  });

  it('does nothing any more once it is cleared', async () => {
    directory.goLive();
    directory.take(fact('c', 'status'), 0, next);
    directory.take(fact('c', 'announcement'), 0, next);
    directory.clear();
    await clock.advance(60_000);
    expect(actions).toEqual([]);
  });
});
