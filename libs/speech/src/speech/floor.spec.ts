import type { FloorChange, FloorSpeaker } from '@interject/contracts';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { Floor } from './floor.js';
import type { FloorEdge } from './floor.js';
import { DEFAULT_SPEECH_SETTINGS, LONGEST_TURN_MS } from './speech-settings.js';

const T = 1_700_000_000_000;
/** Vapi's clock is two hours off; that must not matter. */
const SKEW = 7_200_000;
let floor: Floor;

function event(ms: number, speaker: FloorSpeaker, change: FloorChange, lagMs = 50): FloorEdge | undefined {
  const at = T + ms + SKEW;
  return floor.apply({ callId: 'c', speaker, change, at, receivedAt: T + ms + lagMs }, T + ms + lagMs);
}

describe('Floor', () => {
  beforeEach(() => {
    floor = new Floor(DEFAULT_SPEECH_SETTINGS);
  });

  it('is unknown before the first speech event', () => {
    expect(floor.holder(T)).toBe('unknown');
    expect(floor.isKnown).toBe(false);
  });

  it('tells who speaks', () => {
    event(0, 'caller', 'started');
    expect(floor.holder(T + 100)).toBe('caller');
    event(1000, 'caller', 'stopped');
    expect(floor.holder(T + 1100)).toBe('nobody');
    event(1500, 'assistant', 'started');
    expect(floor.holder(T + 1600)).toBe('assistant');
  });

  it('is idle when the assistant has had time to answer the caller, and did not', () => {
    event(0, 'caller', 'started');
    event(1000, 'caller', 'stopped');
    expect(floor.idleAt()).toBe(T + 1050 + 3000);
  });

  it('is idle when the assistant has answered, finished, and it was quiet', () => {
    event(0, 'caller', 'started');
    event(1000, 'caller', 'stopped');
    event(2000, 'assistant', 'started');
    event(4000, 'assistant', 'stopped');
    expect(floor.idleAt()).toBe(T + 4050 + 1200);
  });

  it.each(['caller', 'assistant'] as const)('does not believe that the %s speaks for ever', (speaker) => {
    event(0, speaker, 'started');
    const bound = T + 50 + LONGEST_TURN_MS[speaker];
    expect(floor.isSpeaking(speaker, bound - 1)).toBe(true);
    expect(floor.isSpeaking(speaker, bound)).toBe(false);
    expect(floor.idleAt()).toBeLessThanOrEqual(bound + 3000);
  });

  it('counts a late event from when it happened', () => {
    event(0, 'assistant', 'started');
    event(1000, 'assistant', 'stopped', 2050);
    expect(floor.idleAt()).toBe(T + 1050 + 1200);
  });

  it('takes the arrival of one whose timestamp cannot be right', () => {
    event(0, 'assistant', 'started');
    const edge = floor.apply(
      { callId: 'c', speaker: 'assistant', change: 'stopped', at: T + SKEW, receivedAt: 0 },
      T + 20_000,
    );
    // Who was speaking is judged by its own time; when the floor is free, by the later one.
    expect(edge?.time).toBe(T + 50);
    expect(floor.freeAt('assistant')).toBe(T + 20_000);
  });

  it('learns anew when the clock of the timestamps has moved, and not by one late event', () => {
    event(0, 'assistant', 'started');
    event(1000, 'assistant', 'stopped');
    event(2000, 'caller', 'started', 20_050);
    expect(event(23_000, 'caller', 'stopped')?.time).toBe(T + 23_050);
    event(30_000, 'caller', 'started', 20_050);
    event(31_000, 'caller', 'stopped', 20_050);
    expect(event(32_000, 'assistant', 'started', 20_050)?.time).toBe(T + 52_050);
  });

  it('takes a repeated interruption for one', () => {
    event(0, 'assistant', 'started');
    expect(event(500, 'caller', 'interrupted')).toBeDefined();
    expect(event(500, 'caller', 'interrupted', 3000)).toBeUndefined();
    expect(event(400, 'caller', 'interrupted', 3000)).toBeUndefined();
  });

  it('takes a "stopped" of the same millisecond for that of the turn before, whichever comes first', () => {
    event(0, 'caller', 'started');
    event(1000, 'caller', 'started', 50);
    event(1000, 'caller', 'stopped', 90);
    expect(floor.holder(T + 1200)).toBe('caller');
    event(2000, 'caller', 'stopped');
    event(2000, 'caller', 'started');
    expect(floor.holder(T + 2200)).toBe('caller');
  });

  it('can be carried over to who serves the call next', () => {
    event(0, 'caller', 'started');
    const next = new Floor(DEFAULT_SPEECH_SETTINGS);
    next.carryOver(floor.state() ?? raise());
    expect(next.holder(T + 5000)).toBe('caller');
    expect(new Floor(DEFAULT_SPEECH_SETTINGS).state()).toBeUndefined();
  });

  it('ignores a "started" that comes after its "stopped"', () => {
    event(0, 'assistant', 'stopped');
    event(3000, 'caller', 'stopped');
    event(2000, 'caller', 'started', 1100);
    expect(floor.holder(T + 3200)).toBe('nobody');
  });

  it('ignores an event that is told twice', () => {
    expect(event(0, 'caller', 'started')).toBeDefined();
    expect(event(0, 'caller', 'started', 800)).toBeUndefined();
  });

  it('an interruption ends the assistant, and counts as a sound of the caller without holding the floor', () => {
    event(0, 'assistant', 'started');
    event(1000, 'caller', 'interrupted');
    expect(floor.holder(T + 1100)).toBe('nobody');
    expect(floor.idleAt()).toBe(T + 1050 + 3000);
  });

  it('an interruption that is late does not end newer speech', () => {
    event(0, 'assistant', 'started');
    event(1000, 'assistant', 'stopped');
    event(3000, 'assistant', 'started');
    event(900, 'caller', 'interrupted', 2300);
    expect(floor.holder(T + 3200)).toBe('assistant');
  });

  it('learns the offset of the clocks anew after a replay', () => {
    event(0, 'caller', 'stopped', -5000);
    floor.relearnClock();
    expect(floor.isKnown).toBe(true);
    expect(event(10_000, 'assistant', 'started')?.time).toBe(T + 10_050);
  });
});

function raise(): never {
  throw new Error('the floor is not known');
}
