import { VirtualClock } from '@interject/testing';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { LagProbe } from './lag-probe.js';

let clock: VirtualClock;
let answers: { resolve: () => void; reject: (error: Error) => void }[];
let probe: LagProbe;

const pingIsAnswered = async (): Promise<void> => {
  answers.shift()?.resolve();
  await clock.advance(0);
};

describe('LagProbe', () => {
  beforeEach(() => {
    clock = new VirtualClock();
    answers = [];
    const flush = (): Promise<void> => new Promise((resolve, reject) => answers.push({ resolve, reject }));
    probe = new LagProbe({ flush }, clock);
  });

  it('is as far behind as the last answer was late', async () => {
    expect(probe.lagMs).toBe(0);
    probe.start();
    await clock.advance(70);
    await pingIsAnswered();
    expect(probe.lagMs).toBe(70);
    await clock.advance(500);
    await clock.advance(10);
    await pingIsAnswered();
    expect(probe.lagMs).toBe(10);
  });

  it('grows while an answer is missing, and does not shrink before it is there', async () => {
    probe.start();
    await clock.advance(4000);
    expect(probe.lagMs).toBe(4000);
    await pingIsAnswered();
    await clock.advance(600);
    expect(probe.lagMs).toBe(4000);
    await pingIsAnswered();
    expect(probe.lagMs).toBe(100);
  });

  it('grows when its timer is late', async () => {
    probe.start();
    await pingIsAnswered();
    const busyUntil = 1200;
    clock.setTimeout = () => 0;
    await clock.advance(busyUntil);
    expect(probe.lagMs).toBe(busyUntil - 500);
  });

  it('asks again after a failure, and never after its stop', async () => {
    probe.start();
    answers.shift()?.reject(new Error('disconnected'));
    await clock.advance(500);
    expect(answers).toHaveLength(1);
    probe.stop();
    await pingIsAnswered();
    await clock.advance(5000);
    expect(answers).toHaveLength(0);
    expect(clock.nextTimerAt()).toBeUndefined();
  });
});
