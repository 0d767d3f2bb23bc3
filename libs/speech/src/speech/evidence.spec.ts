import { compileSpeechPlan, speechFingerprint } from '@interject/contracts';
import type { FloorChange, FloorSpeaker, SpeechEvidenceSource } from '@interject/contracts';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { Flight } from './flight.js';
import { Floor } from './floor.js';
import { DEFAULT_SPEECH_SETTINGS } from './speech-settings.js';
import { SpeechPace } from './speech-pace.js';
import { Utterance } from './utterance.js';

const T = 1_700_000_000_000;
const TEXT = 'Your report about the north is ready for you.';
let floor: Floor;
let flight: Flight;

function event(ms: number, speaker: FloorSpeaker, change: FloorChange, lagMs = 0): void {
  const now = T + ms + lagMs;
  const edge = floor.apply({ callId: 'c', speaker, change, at: T + ms, receivedAt: now }, now);
  if (edge !== undefined) flight.observe(edge, floor, now);
}
function said(ms: number, source: SpeechEvidenceSource, text: string): void {
  const evidence = { source, words: speechFingerprint(text) };
  const fact = { callId: 'c', speaker: 'assistant', change: 'said', at: T + ms, receivedAt: T + ms, evidence } as const;
  const edge = floor.apply(fact, T + ms);
  if (edge !== undefined) flight.observe(edge, floor, T + ms);
}
const verdictAt = (ms: number): string | undefined => flight.verdict(floor, T + ms);

describe('Flight: whose speech is it?', () => {
  beforeEach(() => {
    floor = new Floor(DEFAULT_SPEECH_SETTINGS);
    const content = {
      id: 'u',
      callId: 'c',
      source: 'result' as const,
      text: TEXT,
      plan: compileSpeechPlan([]),
      queuedAt: T,
    };
    flight = new Flight([new Utterance(content, 0)], TEXT, 1, DEFAULT_SPEECH_SETTINGS, new SpeechPace(65));
    event(-3000, 'assistant', 'started');
    event(-1500, 'assistant', 'stopped');
    flight.posted(floor, T);
    flight.answered(false, T + 100);
  });

  it("is not the model's, of which the text was told with the start", () => {
    event(400, 'assistant', 'started');
    said(420, 'model', 'Is there anything else I can do?');
    event(1900, 'assistant', 'stopped');
    expect(verdictAt(2500)).toBeUndefined();
    event(2300, 'assistant', 'started');
    event(5300, 'assistant', 'stopped');
    expect(verdictAt(5900)).toBe('heard');
    expect(flight.speechStartedAt).toBe(T + 2300);
  });

  it("is not the model's when its text comes before the start", () => {
    said(390, 'model', 'Is there anything else I can do?');
    event(400, 'assistant', 'started');
    event(1900, 'assistant', 'stopped');
    expect(verdictAt(2500)).toBeUndefined();
    expect(verdictAt(1900 + 12_000)).toBe('unconfirmed');
  });

  it.each(['force-say', 'model', 'history'] as const)('is ours when %s shows our words, transcribed anew', (source) => {
    event(400, 'assistant', 'started');
    said(420, source, 'your report about the north is ready for you is there anything else');
    event(1000, 'assistant', 'stopped');
    expect(verdictAt(1600)).toBe('heard');
    expect(flight.wasRecognised).toBe(true);
  });

  it('is ours after all when our words are told of a start that was taken for another', () => {
    event(300, 'assistant', 'started');
    said(310, 'model', 'Yes?');
    event(900, 'assistant', 'stopped');
    event(1200, 'assistant', 'started');
    said(1260, 'force-say', TEXT);
    event(4200, 'assistant', 'stopped');
    expect(verdictAt(4800)).toBe('heard');
    expect(flight.speechStartedAt).toBe(T + 1200);
  });

  it('is not shown by the history of the attempt before', () => {
    const utterance = flight.head;
    utterance.repeats = 1;
    flight = new Flight([utterance], TEXT, 2, DEFAULT_SPEECH_SETTINGS, new SpeechPace(65));
    flight.posted(floor, T);
    flight.answered(false, T + 100);
    said(200, 'history', 'your report about the north is ready for you');
    expect(flight.wasRecognised).toBe(false);
    said(420, 'force-say', 'your report about the north is ready for you');
    expect(flight.wasRecognised).toBe(true);
  });

  it('is not ours after a turn of the caller, when it is much too short for it', () => {
    event(150, 'caller', 'started');
    event(1200, 'caller', 'stopped');
    event(2000, 'assistant', 'started');
    event(2500, 'assistant', 'stopped');
    expect(verdictAt(3100)).toBeUndefined();
    event(2900, 'assistant', 'started');
    event(5900, 'assistant', 'stopped');
    expect(verdictAt(6500)).toBe('heard');
  });

  it('is ours after a turn of the caller when it is as long as ours', () => {
    event(150, 'caller', 'started');
    event(1200, 'caller', 'stopped');
    event(2000, 'assistant', 'started');
    event(4700, 'assistant', 'stopped');
    expect(verdictAt(5300)).toBe('heard');
  });

  it('is not cut off when it was the speech that began as it was sent, and ours comes next in the queue', () => {
    event(120, 'assistant', 'started');
    event(2400, 'caller', 'interrupted');
    event(2405, 'assistant', 'stopped');
    expect(verdictAt(2500)).toBeUndefined();
    event(2900, 'assistant', 'started');
    event(5900, 'assistant', 'stopped');
    expect(verdictAt(6500)).toBe('heard');
  });

  it('is cut off when nothing comes after it', () => {
    event(120, 'assistant', 'started');
    event(2400, 'caller', 'interrupted');
    event(2405, 'assistant', 'stopped');
    expect(verdictAt(2500)).toBeUndefined();
    expect(verdictAt(3500)).toBe('interrupted');
  });

  it('comes to an end although the assistant talks on and on', () => {
    let ms = 200;
    for (; verdictAt(ms) === undefined && ms < 200_000; ms += 2000) {
      event(ms, 'assistant', 'started');
      said(ms + 10, 'model', 'Some other words of my own.');
      event(ms + 1500, 'assistant', 'stopped');
    }
    expect(ms).toBeLessThan(60_000);
  });

  it('is not interrupted by what happened before, told very late', () => {
    event(400, 'assistant', 'started');
    event(-2000, 'caller', 'interrupted', 8000);
    event(3400, 'assistant', 'stopped');
    expect(verdictAt(9000)).toBe('heard');
  });
});
