import { VirtualClock } from '@interject/testing';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { Linger } from './linger.js';

let clock: VirtualClock;
let linger: Linger;
let sent: string[];

describe('Linger', () => {
  beforeEach(() => {
    clock = new VirtualClock();
    linger = new Linger(clock);
    sent = [];
  });

  it('runs what waits after 50 ms, together, each once', async () => {
    linger.add(() => sent.push('first'));
    await clock.advance(40);
    linger.add(() => sent.push('second'));
    expect(sent).toEqual([]);
    await clock.advance(10);
    expect(sent).toEqual(['first', 'second']);
    await clock.advance(1000);
    expect(sent).toHaveLength(2);
  });

  it('runs them earlier when there is an occasion, and takes up the next ones afterwards', async () => {
    linger.add(() => sent.push('first'));
    linger.flush();
    expect(sent).toEqual(['first']);
    linger.add(() => sent.push('second'));
    await clock.advance(50);
    expect(sent).toEqual(['first', 'second']);
  });

  it('runs once what was added twice', async () => {
    const run = (): void => void sent.push('it');
    linger.add(run);
    linger.add(run);
    await clock.advance(50);
    expect(sent).toEqual(['it']);
  });
});
