import { beforeEach, describe, expect, it } from '@jest/globals';
import { VirtualClock } from '../clock/virtual-clock.js';
import type { BargeIn } from '../scenario/scenario.types.js';
import { CallerVoice } from '../speech/caller-voice.js';
import { CallLog } from '../transcript/call-log.js';
import { CallerHabits } from './caller-habits.js';

const TIMING = { renderMs: 350, characterMs: 50, minimumMs: 600 };
const BARGE_IN: BargeIn = { intoInjectedMs: 800, forMs: 1_000, nth: 'all', probability: 1, text: 'Wait', seed: 1 };

describe('CallerHabits', () => {
  let clock: VirtualClock;
  let log: CallLog;
  let caller: CallerVoice;
  let spoken: { text: string; fromMs: number; toMs: number }[];

  beforeEach(() => {
    clock = new VirtualClock();
    log = new CallLog(1, clock);
    spoken = [];
    caller = new CallerVoice(clock, TIMING, {
      callerStarted: (text) => spoken.push({ text, fromMs: clock.nowMs(), toMs: Number.NaN }),
      callerStopped: () => {
        const last = spoken.at(-1);
        if (last !== undefined) last.toMs = clock.nowMs();
      },
    });
  });

  function habits(bargeIn?: BargeIn, callNumber = 1): CallerHabits {
    return new CallerHabits({ clock, log, caller, characterMs: TIMING.characterMs, bargeIn, callNumber });
  }

  const talk = (seed = 1) => ({
    everyMs: { min: 1_000, max: 3_000 },
    forMs: { min: 500, max: 2_000 },
    text: 'la la ',
    seed,
  });

  function injected(utteranceId: number, source: 'say' | 'script' = 'say'): void {
    log.record({
      type: 'speech-started',
      utteranceId,
      source,
      text: 'ours',
      overCallerForMs: undefined,
      lateMs: 0,
    });
  }

  it('talks at will within the times given, and the same way for the same seed', async () => {
    habits().talkAtWill(talk());
    await clock.advance(60_000);
    const first = spoken.map(({ fromMs, toMs }) => [fromMs, toMs]);
    expect(first.length).toBeGreaterThan(10);
    let previousEndMs = 0;
    for (const { fromMs, toMs } of spoken.slice(0, -1)) {
      expect(fromMs - previousEndMs).toBeGreaterThanOrEqual(1_000);
      expect(fromMs - previousEndMs).toBeLessThanOrEqual(3_000);
      expect(toMs - fromMs).toBeGreaterThanOrEqual(500);
      expect(toMs - fromMs).toBeLessThanOrEqual(2_000);
      previousEndMs = toMs;
    }
    const again = new VirtualClock();
    const times: number[] = [];
    const other = new CallerVoice(again, TIMING, {
      callerStarted: () => times.push(again.nowMs()),
      callerStopped: () => undefined,
    });
    const twin = { clock: again, log, caller: other, characterMs: 50, bargeIn: undefined, callNumber: 1 };
    new CallerHabits(twin).talkAtWill(talk());
    await again.advance(60_000);
    expect(times).toEqual(first.map(([fromMs]) => fromMs));
  });

  it('stops talking when told to, after the words it is at', async () => {
    const some = habits();
    some.talkAtWill(talk());
    while (spoken.length === 0) await clock.advance(100);
    some.talkAtWill(undefined);
    await clock.advance(30_000);
    expect(spoken).toHaveLength(1);
    expect(spoken[0]?.toMs).toBeGreaterThan(spoken[0]?.fromMs ?? 0);
  });

  it('cuts into injected speech at its time, for its time, and not into other speech', async () => {
    habits(BARGE_IN);
    injected(1, 'script');
    await clock.advance(2_000);
    expect(spoken).toEqual([]);
    injected(2);
    await clock.advance(5_000);
    expect(spoken).toEqual([{ text: 'Wait', fromMs: 2_800, toMs: 3_800 }]);
  });

  it('cuts into those it is told to only, and not into one that is over', async () => {
    habits({ ...BARGE_IN, nth: [2, 3] });
    injected(1);
    await clock.advance(2_000);
    injected(2);
    await clock.advance(500);
    log.record({
      type: 'speech-stopped',
      utteranceId: 2,
      source: 'say',
      text: 'ours',
      outcome: 'finished',
      audible: true,
    });
    await clock.advance(5_000);
    expect(spoken).toEqual([]);
    injected(3);
    await clock.advance(5_000);
    expect(spoken).toHaveLength(1);
  });

  it('cuts in by chance about as often as told', async () => {
    habits({ ...BARGE_IN, probability: 0.3, forMs: 10, intoInjectedMs: 10 });
    for (let id = 1; id <= 200; id += 1) {
      injected(id);
      await clock.advance(50);
    }
    expect(spoken.length).toBeGreaterThan(40);
    expect(spoken.length).toBeLessThan(80);
  });

  it('is silent after the end of the call', async () => {
    const some = habits(BARGE_IN);
    some.talkAtWill(talk());
    injected(1);
    some.close();
    await clock.advance(30_000);
    expect(spoken).toEqual([]);
  });
});
