import { compileSpeechPlan } from '@interject/contracts';
import type { FloorChange, FloorSpeaker, SpeechPlan } from '@interject/contracts';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { Flight } from './flight.js';
import type { FlightVerdict } from './flight.js';
import { Floor } from './floor.js';
import { DEFAULT_SPEECH_SETTINGS } from './speech-settings.js';
import { SpeechPace } from './speech-pace.js';
import { Utterance } from './utterance.js';

const T = 1_700_000_000_000;
const TEXT = 'This takes about two seconds to say.';
let floor: Floor;
let flight: Flight;

function fly(speech: SpeechPlan = {}): Flight {
  const content = {
    id: 'u',
    callId: 'c',
    source: 'result' as const,
    text: TEXT,
    plan: compileSpeechPlan([speech]),
    queuedAt: T,
  };
  flight = new Flight([new Utterance(content, 0)], TEXT, 1, DEFAULT_SPEECH_SETTINGS, new SpeechPace(65));
  return flight;
}

function event(ms: number, speaker: FloorSpeaker, change: FloorChange, lagMs = 0): void {
  const now = T + ms + lagMs;
  const edge = floor.apply({ callId: 'c', speaker, change, at: T + ms, receivedAt: now }, now);
  if (edge !== undefined) flight.observe(edge, floor, now);
}

/** The verdict and when it comes, by the flight's own alarm; `undefined` when there is none before `untilMs`. */
function verdict(fromMs: number, untilMs = 200_000): [FlightVerdict, number] | undefined {
  for (let now = T + fromMs; now <= T + untilMs;) {
    const found = flight.verdict(floor, now);
    if (found !== undefined) return [found, now - T];
    const next = flight.wakeAt(floor, now);
    if (next <= now) throw new Error('the alarm does not help');
    now = next;
  }
  return undefined;
}

describe('Flight', () => {
  beforeEach(() => {
    floor = new Floor(DEFAULT_SPEECH_SETTINGS);
    fly();
    event(-5000, 'assistant', 'started');
    event(-3000, 'assistant', 'stopped');
    flight.posted(floor, T);
    flight.answered(false, T + 100);
  });

  it('is heard when speech began and ended after the POST, however short', () => {
    event(400, 'assistant', 'started');
    event(420, 'assistant', 'stopped');
    expect(verdict(420)).toEqual(['heard', 920]);
    expect(flight.speechStoppedAt).toBe(T + 420);
  });

  it('is heard when speech began before the POST was answered', () => {
    fly().posted(floor, T);
    event(50, 'assistant', 'started');
    flight.answered(false, T + 100);
    event(2000, 'assistant', 'stopped');
    expect(verdict(2000)?.[0]).toBe('heard');
  });

  it('does not take speech from before the POST for its own', () => {
    event(-100, 'assistant', 'started', 300);
    event(1000, 'assistant', 'stopped');
    expect(verdict(1000)?.[0]).toBe('unconfirmed');
  });

  it('is unconfirmed when nothing was said within the time', () => {
    expect(verdict(100)).toEqual(['unconfirmed', 12_100]);
  });

  it('is unconfirmed when its "stopped" never comes, after twice the time that it should take and a late event', () => {
    event(400, 'assistant', 'started');
    const estimate = 350 + 65 * TEXT.length;
    expect(verdict(400)).toEqual(['unconfirmed', 400 + 2 * estimate + 5000]);
  });

  it('waits longer for the end of what the model says in its own words', () => {
    fly({ wording: 'assistant' }).posted(floor, T);
    flight.answered(false, T + 100);
    event(400, 'assistant', 'started');
    expect(verdict(400)).toEqual(['unconfirmed', 30_400]);
  });

  it('is heard when the assistant begins anew without its "stopped"', () => {
    event(400, 'assistant', 'started');
    event(4000, 'assistant', 'started');
    expect(verdict(4000)?.[0]).toBe('heard');
  });

  it('is heard when "started" comes after "stopped"', () => {
    event(2400, 'assistant', 'stopped');
    event(400, 'assistant', 'started', 2300);
    expect(verdict(2700)?.[0]).toBe('heard');
  });

  it('is interrupted at once, or when that is told shortly after its end', () => {
    event(400, 'assistant', 'started');
    event(900, 'caller', 'interrupted');
    expect(verdict(900)).toEqual(['interrupted', 900]);
  });

  it('is not interrupted by what interrupted something before', () => {
    event(400, 'assistant', 'started');
    event(100, 'caller', 'interrupted', 500);
    event(2000, 'assistant', 'stopped');
    expect(verdict(2000)?.[0]).toBe('heard');
  });

  it('is interrupted without an event for it when it ended far too early under a talking caller', () => {
    event(400, 'assistant', 'started');
    event(800, 'caller', 'started');
    event(1000, 'assistant', 'stopped');
    expect(verdict(1000)?.[0]).toBe('interrupted');
  });

  it.each([
    ['heard', 1010],
    // Of two with one time the order says nothing: the caller is believed to have cut in.
    ['interrupted', 1000],
    ['interrupted', 950],
  ] as const)(
    'is %s when it ended early at 1000, without an event for a cut, and the caller began at %i',
    (expected, at) => {
      event(400, 'assistant', 'started');
      event(1000, 'assistant', 'stopped', 900);
      event(at, 'caller', 'started', 900);
      expect(verdict(1900)?.[0]).toBe(expected);
    },
  );

  it('is interrupted by who began with its end when that was told', () => {
    event(400, 'assistant', 'started');
    event(1000, 'assistant', 'stopped', 900);
    event(1000, 'caller', 'started', 900);
    event(1000, 'caller', 'interrupted', 900);
    expect(verdict(1900)?.[0]).toBe('interrupted');
  });

  it('is heard when the caller only made a sound in between', () => {
    event(400, 'assistant', 'started');
    event(800, 'caller', 'started');
    event(900, 'caller', 'stopped');
    event(1000, 'assistant', 'stopped');
    expect(verdict(1000)?.[0]).toBe('heard');
  });

  it('waits behind speech that was going on, and does not take its end for its own', () => {
    event(0, 'assistant', 'started');
    fly({ timing: 'next-turn' }).posted(floor, T + 1000);
    flight.answered(false, T + 1100);
    event(20_000, 'assistant', 'stopped');
    expect(verdict(20_000, 25_000)).toBeUndefined();
    event(20_400, 'assistant', 'started');
    event(22_400, 'assistant', 'stopped');
    expect(verdict(22_400)?.[0]).toBe('heard');
  });

  it.each([
    ['retry', false],
    ['unconfirmed', true],
  ] as const)('with an unknown outcome and no speech: %s', (expected, hasRetried) => {
    fly().head.hasRetriedUnknown = hasRetried;
    flight.posted(floor, T);
    flight.answered(true, T + 5000);
    expect(verdict(5000)).toEqual([expected, 17_000]);
  });

  it('with an unknown outcome and no speech events in the call: unconfirmed', () => {
    floor = new Floor(DEFAULT_SPEECH_SETTINGS);
    fly().posted(floor, T);
    flight.answered(true, T + 5000);
    expect(verdict(5000)).toEqual(['unconfirmed', 17_000]);
  });

  it('with an unknown outcome, does not take for its own what answers a caller who was told of late', () => {
    fly().posted(floor, T);
    event(-100, 'caller', 'started', 300);
    flight.answered(true, T + 250);
    event(300, 'caller', 'stopped');
    event(500, 'assistant', 'started');
    event(1500, 'assistant', 'stopped');
    expect(verdict(1500)?.[0]).toBe('unconfirmed');
  });

  it('with an unknown outcome, does not take for its own what answers a caller who began in the millisecond of the POST', () => {
    fly().posted(floor, T);
    event(0, 'caller', 'started', 9);
    flight.answered(true, T + 5000);
    event(500, 'caller', 'stopped');
    event(800, 'assistant', 'started');
    event(2300, 'assistant', 'stopped');
    expect(verdict(5000)?.[0]).toBe('unconfirmed');
  });

  it('does not wait for ever for an answer to its POST', () => {
    fly().posted(floor, T);
    expect(verdict(0)?.[0]).toBe('retry');
  });
});
