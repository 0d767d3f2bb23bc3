import { describe, expect, it } from '@jest/globals';
import { quantile } from '../../random/quantile.js';
import { Random } from '../../random/random.js';
import { drawGapMs, drawPauseMs, drawReplyMs, drawTalkMs, drawTurn } from './turn-taking.js';

const COUNT = 40_000;

function draw(of: (random: Random) => number): number[] {
  const random = new Random('turn-taking');
  return Array.from({ length: COUNT }, () => of(random));
}

function shareOf(values: readonly number[], holds: (value: number) => boolean): number {
  return values.filter(holds).length / values.length;
}

describe('turn-taking', () => {
  it('has gaps with their mode near 200 ms, many overlaps and a long right tail', () => {
    const gaps = draw(drawGapMs);
    const bins = new Map<number, number>();
    for (const gap of gaps) bins.set(Math.floor(gap / 100), (bins.get(Math.floor(gap / 100)) ?? 0) + 1);
    const [mode = NaN] = [...bins].sort(([, few], [, many]) => many - few)[0] ?? [];
    expect(mode * 100).toBeGreaterThanOrEqual(100);
    expect(mode * 100).toBeLessThanOrEqual(300);
    expect(quantile(gaps, 0.5)).toBeGreaterThan(150);
    expect(quantile(gaps, 0.5)).toBeLessThan(350);
    expect(shareOf(gaps, (gap) => gap < 0)).toBeGreaterThan(0.15);
    expect(shareOf(gaps, (gap) => gap < 0)).toBeLessThan(0.4);
    expect(shareOf(gaps, (gap) => gap > 1000)).toBeGreaterThan(0.01);
    expect(shareOf(gaps, (gap) => gap > 1000)).toBeLessThan(0.06);
  });

  it('has talk as long as turns on the telephone: median 1.2 s, mean 1.7 s', () => {
    const talk = draw(drawTalkMs);
    expect(quantile(talk, 0.5)).toBeGreaterThan(1150);
    expect(quantile(talk, 0.5)).toBeLessThan(1300);
    const mean = talk.reduce((sum, ms) => sum + ms, 0) / talk.length;
    expect(mean).toBeGreaterThan(1550);
    expect(mean).toBeLessThan(1800);
  });

  it('has pauses of two kinds, none of them brief', () => {
    const pauses = draw(drawPauseMs);
    expect(Math.min(...pauses)).toBeGreaterThanOrEqual(200);
    expect(shareOf(pauses, (ms) => ms > 1000)).toBeGreaterThan(0.12);
    expect(shareOf(pauses, (ms) => ms > 1000)).toBeLessThan(0.25);
  });

  it('answers like a voice agent: nine of ten replies within 0.52 to 1.24 s', () => {
    const share = shareOf(
      draw((random) => drawReplyMs(random, 800)),
      (ms) => ms >= 520 && ms <= 1240,
    );
    expect(share).toBeGreaterThan(0.88);
  });

  it('knows callers who tell long stories', () => {
    const random = new Random('stories');
    const long = (isChatty: boolean): number =>
      Array.from({ length: 4000 }, () => drawTurn(random, isChatty)).filter((turn) => turn.length >= 8).length / 4000;
    expect(long(true)).toBeGreaterThan(0.2);
    expect(long(false)).toBeLessThan(0.05);
  });
});
