import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { ErrorCode, NatsError } from 'nats';
import { askAgain, within } from './within.js';

const never = (): Promise<never> => new Promise(() => undefined);

describe('askAgain', () => {
  beforeEach(() => {
    jest.useFakeTimers({ doNotFake: ['queueMicrotask', 'nextTick'] });
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('asks a second time when the first question was lost', async () => {
    const asked: number[] = [];
    const answer = askAgain((limitMs) => {
      asked.push(limitMs);
      return within(limitMs, asked.length === 1 ? never() : Promise.resolve('here'));
    });
    await jest.advanceTimersByTimeAsync(499);
    expect(asked).toEqual([500]);
    await jest.advanceTimersByTimeAsync(1);
    await expect(answer).resolves.toBe('here');
    expect(asked).toEqual([500, 750]);
  });

  it('gives up within 5 s', async () => {
    const answer = askAgain((limitMs) => within(limitMs, never()));
    answer.catch(() => undefined);
    await jest.advanceTimersByTimeAsync(5000);
    await expect(answer).rejects.toMatchObject({ code: ErrorCode.Timeout });
  });

  it('does not repeat a question that was refused', async () => {
    let asked = 0;
    const refused = NatsError.errorForCode(ErrorCode.NoResponders);
    const answer = askAgain((limitMs) => {
      asked += 1;
      return within(limitMs, Promise.reject(refused));
    });
    await expect(answer).rejects.toBe(refused);
    expect(asked).toBe(1);
  });
});
