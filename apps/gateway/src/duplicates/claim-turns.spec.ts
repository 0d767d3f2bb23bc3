import { describe, expect, it } from '@jest/globals';
import { ClaimTurns } from './claim-turns.js';

describe('ClaimTurns', () => {
  it('lets claims of one key go one after the other, and others at once', async () => {
    const turns = new ClaimTurns();
    const log: string[] = [];
    let release: (value: string) => void = () => undefined;
    const first = turns.take('a', () => {
      log.push('a1');
      return new Promise<string>((resolve) => {
        release = resolve;
      });
    });
    const claim = (name: string) => (): Promise<string> => {
      log.push(name);
      return Promise.resolve(name);
    };
    const second = turns.take('a', claim('a2'));
    await turns.take('b', claim('b1'));
    expect(log).toEqual(['a1', 'b1']);
    release('done');
    expect(await Promise.all([first, second])).toEqual(['done', 'a2']);
    expect(log).toEqual(['a1', 'b1', 'a2']);
  });

  it('goes on after one that failed', async () => {
    const turns = new ClaimTurns();
    const first = turns.take('a', () => Promise.reject(new Error('NATS is away')));
    const second = turns.take('a', () => Promise.resolve('taken'));
    await expect(first).rejects.toThrow('NATS is away');
    expect(await second).toBe('taken');
  });
});
