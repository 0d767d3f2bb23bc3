import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { LingeringAcks } from './lingering-acks.js';

describe('LingeringAcks', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('sends what waits after 50 ms, together, each once', () => {
    const acks = new LingeringAcks();
    const sent: string[] = [];
    acks.add(() => sent.push('first'));
    jest.advanceTimersByTime(40);
    acks.add(() => sent.push('second'));
    expect(sent).toEqual([]);
    jest.advanceTimersByTime(10);
    expect(sent).toEqual(['first', 'second']);
    jest.advanceTimersByTime(1000);
    expect(sent).toHaveLength(2);
  });

  it('sends them earlier when there is an occasion, and takes up the next ones afterwards', () => {
    const acks = new LingeringAcks();
    const sent: string[] = [];
    acks.add(() => sent.push('first'));
    acks.flush();
    expect(sent).toEqual(['first']);
    acks.add(() => sent.push('second'));
    jest.advanceTimersByTime(50);
    expect(sent).toEqual(['first', 'second']);
  });
});
