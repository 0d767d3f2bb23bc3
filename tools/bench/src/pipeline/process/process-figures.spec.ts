import { describe, expect, it } from '@jest/globals';
import { processFigures, readRss, readSchedstat, readStat } from './process-figures.js';

describe('processFigures', () => {
  it('reads the time on a CPU from the nanoseconds of the scheduler', () => {
    expect(readSchedstat('1234567890 99 3\n')).toBeCloseTo(1234.56789);
  });

  it('reads ticks of a process whose name looks like fields', () => {
    const stat = '4711 (a) S 1 (x) S 1 4711 4711 0 -1 4194304 10 0 0 0 250 50 0 0 20 0 1 0 3377118 3133440 362';
    expect(readStat(stat)).toBe(3000);
  });

  it('reads the resident memory', () => {
    expect(readRss('VmPeak:\t  9000 kB\nVmRSS:\t    2048 kB\nThreads:\t1\n')).toBe(2 * 2 ** 20);
    expect(readRss('Name:\tgone\n')).toBeNaN();
  });

  it('sees this process work', async () => {
    const before = await processFigures(process.pid);
    const until = process.cpuUsage().user + 60_000;
    while (process.cpuUsage().user < until);
    const after = await processFigures(process.pid);
    expect(after.cpuMs - before.cpuMs).toBeGreaterThanOrEqual(40);
    expect(after.rssBytes).toBeGreaterThan(10 * 2 ** 20);
  });

  it('says so when there is no such process', async () => {
    await expect(processFigures(2 ** 30)).rejects.toThrow(/ENOENT/);
  });
});
