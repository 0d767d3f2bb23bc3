import { describe, expect, it, jest } from '@jest/globals';
import { VirtualClock } from '@interject/testing';
import { AnswerBudget } from './answer-budget.js';

const NEVER = (): Promise<never> => new Promise(() => undefined);

describe('the time for an answer', () => {
  it('is one for all steps together', async () => {
    const clock = new VirtualClock();
    const budget = new AnswerBudget(clock, 1800);
    const first = budget.spend(
      () =>
        new Promise<string>((resolve) => {
          clock.setTimeout(() => {
            resolve('done');
          }, 1000);
        }),
    );
    await clock.advance(1000);
    expect(await first).toBe('done');
    const second = expect(budget.spend(NEVER)).rejects.toMatchObject({ code: 'timeout' });
    await clock.advance(799);
    expect(budget.leftMs).toBe(1);
    await clock.advance(1);
    await second;
  });

  it('begins nothing when it is over', async () => {
    const clock = new VirtualClock();
    const budget = new AnswerBudget(clock, 1800);
    await clock.advance(1800);
    const work = jest.fn(NEVER);
    await expect(budget.spend(work)).rejects.toMatchObject({ code: 'timeout', retryable: true });
    expect(work).not.toHaveBeenCalled();
  });

  it('sets no timer for work that ends in time by itself, and one when less is left', async () => {
    const clock = new VirtualClock();
    const budget = new AnswerBudget(clock, 1800);
    void budget.spend(NEVER, 1500);
    expect(clock.nextTimerAt()).toBeUndefined();
    await clock.advance(400);
    void budget.spend(NEVER, 1500).catch(() => undefined);
    expect(clock.nextTimerAt()).toBe(clock.now() + 1400);
  });
});
