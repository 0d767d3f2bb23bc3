import { describe, expect, it } from '@jest/globals';
import { DEFAULT_SPEECH_SETTINGS } from '@interject/speech';
import { contendersOf } from '../contenders.js';
import type { Policy } from '../policies/policy.types.js';
import { runCall } from '../run-call.js';
import { DEFAULT_WORLD } from './call-script.js';
import type { CallRun } from '../run-call.js';
import { CALL_START } from './call-script.js';
import type { Speaker } from './sound-track.js';

const nobody: Policy = {
  start: () => undefined,
  toolCall: () => undefined,
  result: () => undefined,
  floor: () => undefined,
  status: () => undefined,
  ended: () => undefined,
  beliefs: () => new Map(),
};
const SEED = 'world';
const contenders = contendersOf(DEFAULT_SPEECH_SETTINGS);

function untouched(count: number, trouble = 1): CallRun[] {
  const world = { ...DEFAULT_WORLD, seed: SEED, trouble };
  return Array.from({ length: count }, (_, index) => runCall(world, index, () => nobody));
}

function talkShare(runs: readonly CallRun[], speaker: Speaker): number {
  const talk = runs.flatMap(({ track }) => track.all).filter((sound) => sound.speaker === speaker);
  const total = runs.reduce((sum, { endedAt }) => sum + endedAt - CALL_START, 0);
  return talk.reduce((sum, { from, to }) => sum + to - from, 0) / total;
}

describe('SimulatedCall', () => {
  it('is a conversation: both sides talk a good part of the time, and there are silences', () => {
    const runs = untouched(150);
    for (const speaker of ['caller', 'assistant'] as const) {
      expect(talkShare(runs, speaker)).toBeGreaterThan(0.15);
      expect(talkShare(runs, speaker)).toBeLessThan(0.45);
    }
    const silences = runs.flatMap(({ track, endedAt }) => track.silences(CALL_START, endedAt));
    const perMinute = silences.filter(({ from, to }) => to - from >= 1000).length;
    const minutes = runs.reduce((sum, { endedAt }) => sum + endedAt - CALL_START, 0) / 60_000;
    expect(perMinute / minutes).toBeGreaterThan(3);
    expect(perMinute / minutes).toBeLessThan(8);
  });

  it('never lets one side talk twice at once, and ends every sound', () => {
    for (const { track } of untouched(100)) {
      for (const speaker of ['caller', 'assistant'] as const) {
        const sounds = track.all.filter((sound) => sound.speaker === speaker);
        sounds.slice(1).forEach(({ from }, at) => {
          expect(from).toBeGreaterThanOrEqual(sounds[at]?.to ?? Infinity);
        });
        expect(sounds.every(({ to }) => Number.isFinite(to))).toBe(true);
      }
    }
  });

  it('loses and delays some speech events, and delivers the others 50 to 310 ms after the sound', () => {
    // Five times the usual trouble, so that there is enough of it to count.
    const events = untouched(200, 5)
      .filter(({ script }) => !script.isBlind)
      .flatMap((run) => run.events)
      .filter(({ change }) => change === 'started');
    const lost = events.filter(({ loss }) => loss === 'lost').length / events.length;
    expect(lost).toBeGreaterThan(0.002);
    expect(lost).toBeLessThan(0.01);
    const usual = events.filter(({ arrivesAt, soundAt }) => arrivesAt - soundAt >= 50 && arrivesAt - soundAt <= 310);
    expect(usual.length / events.length).toBeGreaterThan(0.97);
    expect(usual.length).toBeLessThan(events.length);
  });

  it.each(contenders)('is the same for $name until it speaks', ({ factory }) => {
    for (let index = 0; index < 30; index += 1) {
      const run = runCall({ ...DEFAULT_WORLD, seed: SEED }, index, factory);
      const alone = runCall({ ...DEFAULT_WORLD, seed: SEED }, index, () => nobody);
      const until = Math.min(run.endedAt, ...run.sends.map(({ reachedAt }) => reachedAt));
      const before = ({ track }: CallRun): unknown => track.all.filter(({ to }) => to < until);
      expect(before(run)).toEqual(before(alone));
      expect(run.script).toEqual(alone.script);
    }
  });

  it('says what is taken, in order, or drops it', () => {
    const [atOnce] = contenders;
    if (atOnce === undefined) throw new Error('no contender');
    const runs = Array.from({ length: 200 }, (_, index) =>
      runCall({ ...DEFAULT_WORLD, seed: SEED }, index, atOnce.factory),
    );
    for (const { sends, endedAt } of runs) {
      const taken = sends.filter(({ isTaken }) => isTaken);
      expect(taken.every(({ fate }) => fate !== 'waiting')).toBe(true);
      const starts = taken.flatMap(({ play }) => play?.startedAt ?? []);
      expect(starts).toEqual([...starts].sort((one, other) => one - other));
      for (const { play, reachedAt } of taken) {
        if (play === undefined) continue;
        expect(play.startedAt).toBeGreaterThanOrEqual(reachedAt + 330);
        expect(play.endedAt).toBeLessThanOrEqual(endedAt);
      }
    }
    const plays = runs.flatMap(({ sends }) => sends.flatMap(({ play }) => play ?? []));
    expect(plays.some(({ isCut }) => isCut)).toBe(true);
    expect(plays.some(({ isCut }) => !isCut)).toBe(true);
    expect(runs.some(({ sends }) => sends.some(({ fate }) => fate === 'dropped'))).toBe(true);
  });
});
