import { beforeEach, describe, expect, it } from '@jest/globals';
import { VirtualClock } from '@interject/testing';
import { SpeechGap } from './speech-gap.js';

let clock: VirtualClock;
let gap: SpeechGap;
const call = {};

describe('SpeechGap', () => {
  beforeEach(() => {
    clock = new VirtualClock();
    gap = new SpeechGap(clock);
  });

  it('grows from the last speech event on', async () => {
    gap.note(call, true);
    await clock.advance(5000);
    expect(gap.gapMs).toBe(5000);
    gap.heard();
    await clock.advance(700);
    expect(gap.gapMs).toBe(700);
  });

  it('is none while no call is in progress, and begins with the first one', async () => {
    await clock.advance(60_000);
    expect(gap.gapMs).toBe(0);
    gap.note(call, true);
    gap.heard();
    gap.note(call, false);
    await clock.advance(60_000);
    expect(gap.gapMs).toBe(0);
    gap.note(call, true);
    await clock.advance(1000);
    expect(gap.gapMs).toBe(1000);
  });

  it('does not begin anew with each call: many short ones without speech are a gap as well', async () => {
    const calls = Array.from({ length: 10 }, () => ({}));
    for (const [at, one] of calls.entries()) {
      gap.note(one, true);
      gap.note(one, true);
      gap.note(calls[at - 1] ?? {}, false);
      await clock.advance(30_000);
    }
    expect(gap.gapMs).toBe(300_000);
  });
});
