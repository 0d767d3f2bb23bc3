import { beforeEach, describe, expect, it } from '@jest/globals';
import { VirtualClock } from '../clock/virtual-clock.js';
import { CallerVoice } from './caller-voice.js';

describe('CallerVoice', () => {
  let clock: VirtualClock;
  let caller: CallerVoice;
  let said: string[];

  beforeEach(() => {
    clock = new VirtualClock();
    said = [];
    caller = new CallerVoice(
      clock,
      { renderMs: 350, characterMs: 100, minimumMs: 600 },
      {
        callerStarted: (text) => said.push(`${clock.nowMs()} start ${text}`),
        callerStopped: (text) => said.push(`${clock.nowMs()} stop ${text}`),
      },
    );
  });

  it('speaks at once, and knows for how long', async () => {
    const done = caller.speak('0123456789');
    await clock.advance(400);
    expect(caller.speakingForMs()).toBe(400);
    await clock.advance(600);
    await done;
    expect(said).toEqual(['0 start 0123456789', '1000 stop 0123456789']);
    expect(caller.speakingForMs()).toBeUndefined();
  });

  it('says one line at a time', async () => {
    void caller.speak('a');
    void caller.speak('b');
    await clock.advance(2_000);
    expect(said).toEqual(['0 start a', '600 stop a', '600 start b', '1200 stop b']);
  });

  it('falls silent when the call ends, and nobody waits for what is unsaid', async () => {
    const lines = [caller.speak('a'), caller.speak('b')];
    await clock.advance(100);
    caller.close();
    await Promise.all([...lines, caller.speak('c')]);
    await clock.advance(2_000);
    expect(said).toEqual(['0 start a', '100 stop a']);
  });
});
