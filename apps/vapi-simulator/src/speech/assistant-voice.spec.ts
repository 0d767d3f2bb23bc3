import { beforeEach, describe, expect, it } from '@jest/globals';
import { VirtualClock } from '../clock/virtual-clock.js';
import { AssistantVoice } from './assistant-voice.js';
import type { SpeechRequest } from './speech.types.js';

const TIMING = { renderMs: 350, characterMs: 100, minimumMs: 600 };
/** 1,000 ms of speech. */
const TEN_CHARACTERS = '0123456789';

describe('AssistantVoice', () => {
  let clock: VirtualClock;
  let voice: AssistantVoice;
  let heard: string[];

  beforeEach(() => {
    clock = new VirtualClock();
    heard = [];
    voice = new AssistantVoice(clock, TIMING, {
      accepted: () => undefined,
      started: ({ text }) => heard.push(`${clock.nowMs()} start ${text}`),
      stopped: ({ text }, outcome, audible) =>
        heard.push(`${clock.nowMs()} ${outcome}${audible ? '' : ' silent'} ${text}`),
    });
  });

  function say(text: string, more: Partial<SpeechRequest> = {}): Promise<string> {
    return voice.say({ text, source: 'say', interruptible: true, replacesCurrent: false, lateMs: 0, ...more }).done;
  }

  it('speaks 350 ms after acceptance, for as long as the text takes', async () => {
    const done = say(TEN_CHARACTERS);
    await clock.advance(2_000);
    expect(heard).toEqual([`350 start ${TEN_CHARACTERS}`, `1350 finished ${TEN_CHARACTERS}`]);
    await expect(done).resolves.toBe('finished');
  });

  it('takes at least the minimum for a short text', async () => {
    void say('Hi');
    await clock.advance(2_000);
    expect(heard).toEqual(['350 start Hi', '950 finished Hi']);
  });

  it('speaks one after the other, 350 ms after the end of the one before', async () => {
    void say('first');
    await clock.advance(100);
    void say('second');
    await clock.advance(5_000);
    expect(heard).toEqual(['350 start first', '950 finished first', '1300 start second', '1900 finished second']);
  });

  it('does not wait twice when the queue has been empty for long', async () => {
    void say('first');
    await clock.advance(10_000);
    void say('second');
    await clock.advance(10_000);
    expect(heard).toContain('10350 start second');
  });

  it('renders a late one late, and holds up those behind it', async () => {
    void say('late', { lateMs: 5_000 });
    void say('behind');
    await clock.advance(20_000);
    expect(heard).toEqual(['5350 start late', '5950 finished late', '6300 start behind', '6900 finished behind']);
  });

  it('is cut by the caller while it plays', async () => {
    const done = say(TEN_CHARACTERS);
    await clock.advance(700);
    expect(voice.callerStarted()).toBe(true);
    expect(heard).toEqual([`350 start ${TEN_CHARACTERS}`, `700 interrupted ${TEN_CHARACTERS}`]);
    await expect(done).resolves.toBe('interrupted');
  });

  it('is not cut by the caller before it sounds, nor when it is not interruptible', async () => {
    void say('first', { interruptible: false });
    expect(voice.callerStarted()).toBe(false);
    await clock.advance(400);
    expect(voice.callerStarted()).toBe(false);
    await clock.advance(5_000);
    expect(heard).toContain('950 finished first');
  });

  it('goes on with the queue after an interruption', async () => {
    void say(TEN_CHARACTERS);
    void say('second');
    await clock.advance(500);
    voice.callerStarted();
    await clock.advance(5_000);
    expect(heard).toContain('850 start second');
  });

  it('replaces what plays and goes before what waits', async () => {
    void say(TEN_CHARACTERS);
    void say('wait');
    await clock.advance(600);
    void say('urgent', { replacesCurrent: true });
    await clock.advance(5_000);
    expect(heard).toEqual([
      `350 start ${TEN_CHARACTERS}`,
      `600 replaced ${TEN_CHARACTERS}`,
      '950 start urgent',
      '1550 finished urgent',
      '1900 start wait',
      '2500 finished wait',
    ]);
  });

  it('puts back what is only being rendered when another replaces it', async () => {
    void say('early');
    await clock.advance(200);
    void say('urgent', { replacesCurrent: true });
    await clock.advance(5_000);
    expect(heard).toEqual(['550 start urgent', '1150 finished urgent', '1500 start early', '2100 finished early']);
  });

  it('drops the rest of its queue when the call ends, and takes nothing more', async () => {
    const playing = say(TEN_CHARACTERS);
    const waiting = say('waiting');
    await clock.advance(500);
    voice.close();
    const late = say('late');
    await clock.advance(5_000);
    expect(heard).toEqual([
      `350 start ${TEN_CHARACTERS}`,
      `500 call-ended ${TEN_CHARACTERS}`,
      '500 call-ended silent waiting',
      '500 call-ended silent late',
    ]);
    await expect(Promise.all([playing, waiting, late])).resolves.toEqual(['call-ended', 'call-ended', 'call-ended']);
    expect(voice.busy).toBe(false);
  });
});
