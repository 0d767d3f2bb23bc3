import { describe, expect, it } from '@jest/globals';
import type { Belief } from '../policies/policy.types.js';
import type { CallRun } from '../run-call.js';
import { DEFAULT_WORLD, drawScript } from '../world/call-script.js';
import type { Play, Send } from '../world/control-url.js';
import { SoundTrack } from '../world/sound-track.js';
import { judgeCall, latencyOf } from './judge-call.js';
import { scoresOf } from './scores.js';

const script = {
  ...drawScript(DEFAULT_WORLD, 0),
  results: [{ toolCallId: 'tool', requestedAt: 0, at: 1000, text: 'It is ready.' }],
};

function trackOf(...sounds: readonly (readonly ['caller' | 'assistant', number, number])[]): SoundTrack {
  const track = new SoundTrack();
  for (const [speaker, from, to] of sounds) track.stop(track.start(speaker, from), to);
  return track;
}

function play(startedAt: number, endedAt: number, more: Partial<Play> = {}): Play {
  const whole = ['tool'];
  return {
    startedAt,
    endedAt,
    naturalNextAt: Infinity,
    isOverCaller: false,
    isCut: false,
    begun: whole,
    completed: whole,
    ...more,
  };
}

const CUT = { isCut: true, completed: [] };

function send(spoken: Play | undefined, more: Partial<Send> = {}): Send {
  return {
    order: { toolCallIds: ['tool'], texts: [''], text: '', callerMayInterrupt: true, isAtBound: false },
    postedAt: 0,
    reachedAt: 0,
    outcome: 'accepted',
    isTaken: true,
    isOverCaller: false,
    isOverCallerAtVapi: false,
    fate: spoken === undefined ? 'dropped' : 'played',
    renderMs: 350,
    ...(spoken === undefined ? {} : { play: spoken }),
    ...more,
  };
}

function runOf(sends: readonly Send[], belief?: Belief): CallRun {
  const beliefs = new Map(belief === undefined ? [] : [['tool', belief] as const]);
  return { script, track: trackOf(), sends, events: [], beliefs, notes: [], endedAt: 90_000 };
}

const heard: Belief = { state: 'heard', isFinal: true };

describe('judgeCall', () => {
  it('tells heard from believed', () => {
    expect(judgeCall(runOf([send(play(2000, 3000))], heard)).results).toMatchObject([
      { isHeard: true, isFalselyHeard: false, isLost: false, isSaidTwice: false, latencyMs: 1000 },
    ]);
    expect(judgeCall(runOf([send(play(2000, 2500, CUT))], heard)).results).toMatchObject([
      { isHeard: false, isFalselyHeard: true },
    ]);
    expect(judgeCall(runOf([send(undefined)], { state: 'accepted', isFinal: true })).results).toMatchObject([
      { isHeard: false, isFalselyHeard: true, latencyMs: undefined },
    ]);
  });

  it('calls lost what has no final state', () => {
    expect(judgeCall(runOf([])).results).toMatchObject([{ isLost: true }]);
    const sending: Belief = { state: 'sending', isFinal: false };
    expect(judgeCall(runOf([send(play(2000, 3000))], sending)).results).toMatchObject([{ isLost: true }]);
    const undelivered: Belief = { state: 'undelivered', isFinal: true };
    expect(judgeCall(runOf([], undelivered)).results).toMatchObject([{ isLost: false, isFalselyHeard: false }]);
  });

  it('calls said twice what was begun again after it was heard to its end, and nothing else', () => {
    const twice = (...plays: Play[]): boolean | undefined =>
      judgeCall(
        runOf(
          plays.map((one) => send(one)),
          heard,
        ),
      ).results[0]?.isSaidTwice;
    expect(twice(play(2000, 3000), play(4000, 5000))).toBe(true);
    expect(twice(play(2000, 3000), play(4000, 4100, CUT))).toBe(true);
    expect(twice(play(2000, 2500, CUT), play(4000, 5000))).toBe(false);
    // Together with another, which came first and was cut.
    expect(twice(play(2000, 3000), play(4000, 4100, { ...CUT, begun: ['other'] }))).toBe(false);
  });

  it('counts what was sent over the caller, at the bound apart', () => {
    const bound = { ...send(undefined).order, isAtBound: true };
    const sends = [
      send(play(1, 2, { isOverCaller: true }), { isOverCaller: true }),
      send(play(1, 2), { isOverCaller: true, order: bound }),
      send(play(1, 2), { order: bound }),
      send(undefined),
      send(undefined, { isTaken: false, isOverCaller: true }),
    ];
    expect(scoresOf([judgeCall(runOf(sends, heard))])).toMatchObject({
      sends: 4,
      overCaller: 1,
      overCallerAtBound: 1,
      atBound: 2,
      speeches: 3,
      overlapping: 1,
      results: 1,
    });
  });
});

describe('latencyOf', () => {
  const at = (startedAt: number, naturalNextAt = Infinity): Pick<Play, 'startedAt' | 'naturalNextAt'> => ({
    startedAt,
    naturalNextAt,
  });

  it('counts from the first silence of a second, and not from shorter ones', () => {
    const track = trackOf(['caller', 0, 2000], ['assistant', 2900, 5000], ['caller', 6500, 7000]);
    expect(latencyOf(1000, at(9000), track)).toBe(4000);
  });

  it('counts from the result when it comes within a silence', () => {
    expect(latencyOf(3000, at(4500), trackOf(['caller', 0, 2000]))).toBe(1500);
  });

  it('counts the silence that our speech ended for as long as it would have lasted', () => {
    const track = trackOf(['caller', 0, 2000]);
    expect(latencyOf(1000, at(2600, 3000), track)).toBe(600);
    expect(latencyOf(1000, at(2600, 2900), track)).toBeUndefined();
  });

  it('is nothing for what was spoken before any such silence', () => {
    expect(latencyOf(1000, at(1500), trackOf(['caller', 0, 2000]))).toBeUndefined();
    expect(latencyOf(1000, at(1500, 1600), trackOf())).toBeUndefined();
  });
});

describe('SoundTrack', () => {
  it('finds the silences of both sides', () => {
    const track = trackOf(['caller', 10, 30], ['assistant', 20, 40], ['caller', 60, 70]);
    expect(track.silences(0, 100)).toEqual([
      { from: 0, to: 10 },
      { from: 40, to: 60 },
      { from: 70, to: 100 },
    ]);
    expect(track.silences(25, 50)).toEqual([{ from: 40, to: 50 }]);
    expect(track.isAudible('caller', 25)).toBe(true);
    expect(track.isAudible('caller', 30)).toBe(false);
    expect(track.isAudible('assistant', 15)).toBe(false);
  });
});
