import { describe, expect, it } from '@jest/globals';
import { MAX_PROGRESS_REPORTS, PROGRESS_GAP_MS, ProgressGate } from './progress-gate.js';

describe('ProgressGate', () => {
  it('lets the first report pass at once, and one after the gap', () => {
    const gate = new ProgressGate<string>();
    expect(gate.offer('a', 0)).toEqual({ kind: 'publish' });
    expect(gate.offer('b', PROGRESS_GAP_MS)).toEqual({ kind: 'publish' });
  });

  it('holds what comes too early, and keeps the last', () => {
    const gate = new ProgressGate<string>();
    gate.offer('a', 0);
    expect(gate.offer('b', 10)).toEqual({ kind: 'hold', waitMs: PROGRESS_GAP_MS - 10, replaces: false });
    expect(gate.offer('c', 100)).toEqual({ kind: 'hold', waitMs: PROGRESS_GAP_MS - 100, replaces: true });
    expect(gate.take(PROGRESS_GAP_MS)).toBe('c');
    expect(gate.take(PROGRESS_GAP_MS)).toBeUndefined();
    // The one that waited opens a gap of its own.
    expect(gate.offer('d', PROGRESS_GAP_MS + 1)).toMatchObject({ kind: 'hold', waitMs: PROGRESS_GAP_MS - 1 });
  });

  it('does not let a newer report overtake one whose timer is late', () => {
    const gate = new ProgressGate<string>();
    gate.offer('a', 0);
    gate.offer('b', 10);
    expect(gate.offer('c', 10 * PROGRESS_GAP_MS)).toEqual({ kind: 'hold', waitMs: 0, replaces: true });
    expect(gate.take(10 * PROGRESS_GAP_MS)).toBe('c');
  });

  it('drops what exceeds the most for a tool call', () => {
    const gate = new ProgressGate<number>();
    let published = 0;
    for (let i = 0; i < 2 * MAX_PROGRESS_REPORTS; i += 1) {
      if (gate.offer(i, i * PROGRESS_GAP_MS).kind === 'publish') published += 1;
    }
    expect(published).toBe(MAX_PROGRESS_REPORTS);
    expect(gate.offer(-1, 1e9)).toEqual({ kind: 'drop' });
  });

  it('says at the end whether one still waited, and takes no more', () => {
    const gate = new ProgressGate<string>();
    gate.offer('a', 0);
    gate.offer('b', 1);
    expect(gate.close()).toBe(true);
    expect(gate.close()).toBe(false);
    expect(gate.take(1000)).toBeUndefined();
    expect(gate.offer('c', 1e9)).toEqual({ kind: 'drop' });
  });
});
