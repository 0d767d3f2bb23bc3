import { describe, expect, it } from '@jest/globals';
import { closeOnce } from './strategy.js';

class Failing {
  closed = 0;
  listen(): void {
    throw new Error('not used');
  }
  async close(): Promise<void> {
    this.closed += 1;
    throw new Error('drain failed');
  }
}

describe('closeOnce', () => {
  it('closes once, and only the first caller hears of the failure', async () => {
    const strategy = new Failing();
    expect(closeOnce(strategy)).toBe(strategy);
    await expect(strategy.close()).rejects.toThrow('drain failed');
    await expect(strategy.close()).resolves.toBeUndefined();
    expect(strategy.closed).toBe(1);
  });
});
