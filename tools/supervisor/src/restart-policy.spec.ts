import { describe, expect, it } from '@jest/globals';
import { decideRestart, freshHistory, type RestartDecision } from './restart-policy.js';

function deaths(count: number, run: { ranMs: number; wasReady: boolean }): RestartDecision[] {
  const decisions: RestartDecision[] = [];
  for (let index = 0; index < count; index += 1) {
    decisions.push(decideRestart(decisions.at(-1)?.history ?? freshHistory, run));
  }
  return decisions;
}

describe('decideRestart', () => {
  it('waits 250 ms, doubling to 5 s', () => {
    const delays = deaths(7, { ranMs: 100, wasReady: true }).map(({ delayMs }) => delayMs);

    expect(delays).toEqual([250, 500, 1000, 2000, 4000, 5000, 5000]);
  });

  it('begins anew after a run of 30 s', () => {
    const tired = deaths(5, { ranMs: 100, wasReady: false }).at(-1)?.history ?? freshHistory;

    expect(decideRestart(tired, { ranMs: 29_999, wasReady: false }).delayMs).toBe(5000);
    expect(decideRestart(tired, { ranMs: 30_000, wasReady: false })).toEqual({
      history: { lastDelayMs: 250, failedStarts: 0 },
      delayMs: 250,
      report: false,
    });
  });

  it('reports the fifth start in a row that never became ready, and every tenth after it', () => {
    const reported = deaths(26, { ranMs: 100, wasReady: false })
      .map(({ report, history }) => (report ? history.failedStarts : 0))
      .filter((count) => count > 0);

    expect(reported).toEqual([5, 15, 25]);
  });

  it('reports a fault of the configuration at once', () => {
    const decisions = [78, 78, 1].map((exitCode) =>
      decideRestart(freshHistory, { ranMs: 100, wasReady: false, exitCode }),
    );

    expect(decisions.map(({ report }) => report)).toEqual([true, true, false]);
    expect(decisions[0]?.delayMs).toBe(250);
  });

  it('does not take a process that was ready for a hopeless one', () => {
    const almost = deaths(4, { ranMs: 100, wasReady: false }).at(-1)?.history ?? freshHistory;

    const afterReady = decideRestart(almost, { ranMs: 100, wasReady: true });

    expect(afterReady.history.failedStarts).toBe(0);
    expect(deaths(20, { ranMs: 100, wasReady: true }).some(({ report }) => report)).toBe(false);
  });
});
