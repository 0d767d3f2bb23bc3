import { describe, expect, it } from '@jest/globals';
import { VirtualClock } from '@interject/testing';
import { SuspensionWatch } from './suspension-watch.js';

/** A clock whose timers do not run while its process stands still. */
function setUp() {
  const timers = new VirtualClock(0);
  const pause = { steady: 0, wall: 0 };
  const clock = {
    now: () => timers.now() + pause.wall,
    monotonic: () => timers.monotonic() + pause.steady,
    setTimeout: (run: () => void, ms: number) => timers.setTimeout(run, ms),
    clearTimeout: (timer: unknown) => {
      timers.clearTimeout(timer as never);
    },
  };
  const watch = new SuspensionWatch(clock);
  const pauses: number[] = [];
  const unlisten = watch.listen((ms) => pauses.push(ms));
  return { timers, pause, watch, pauses, unlisten };
}

describe('SuspensionWatch', () => {
  it('hears nothing of time that passes', async () => {
    const { timers, pauses } = setUp();
    await timers.advance(60_000);
    expect(pauses).toEqual([]);
  });

  it('hears of a pause at the next tick, once', async () => {
    const { timers, pause, pauses } = setUp();
    await timers.advance(700);
    pause.steady += 8000;
    pause.wall += 8000;
    await timers.advance(5000);
    expect(pauses).toEqual([8500]);
  });

  it('hears of it sooner when asked', () => {
    const { watch, pause, pauses } = setUp();
    pause.steady += 5000;
    watch.check();
    watch.check();
    expect(pauses).toEqual([5000]);
  });

  it('hears of a pause of the machine, at which the steady clock stood still', async () => {
    const { timers, pause, pauses } = setUp();
    pause.wall += 30_000;
    await timers.advance(500);
    expect(pauses).toEqual([30_500]);
  });

  it('does not mind a wall clock that is put back', async () => {
    const { timers, pause, pauses } = setUp();
    pause.wall -= 3_600_000;
    await timers.advance(2000);
    expect(pauses).toEqual([]);
  });

  it('ticks as long as somebody listens, and counts no time before that', async () => {
    const { timers, watch, pauses, unlisten } = setUp();
    unlisten();
    expect(timers.nextTimerAt()).toBeUndefined();
    await timers.advance(60_000);
    watch.check();
    watch.listen((ms) => pauses.push(ms));
    await timers.advance(60_000);
    expect(pauses).toEqual([]);
  });
});
