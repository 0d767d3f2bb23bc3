import { readdir, readFile } from 'node:fs/promises';

/** CPU time a process has used, in milliseconds, and its memory, in bytes. */
export interface ProcessFigures {
  readonly cpuMs: number;
  readonly rssBytes: number;
}

/** Linux counts `utime` and `stime` in hundredths of a second, whatever its own clock (USER_HZ). */
const TICK_MS = 10;

/**
 * Reads /proc: the scheduler's count of nanoseconds of all threads, which is exact; where the kernel keeps none, the ticks
 * of the process.
 *
 * @throws Error when there is no such process, or no /proc
 */
export async function processFigures(pid: number): Promise<ProcessFigures> {
  const [cpuMs, status] = await Promise.all([cpuTime(pid), readFile(`/proc/${String(pid)}/status`, 'utf8')]);
  return { cpuMs, rssBytes: readRss(status) };
}

async function cpuTime(pid: number): Promise<number> {
  try {
    const threads = await readdir(`/proc/${String(pid)}/task`);
    const texts = await Promise.all(threads.map((id) => schedstatOf(pid, id)));
    const exact = texts.reduce((sum, text) => sum + readSchedstat(text), 0);
    if (exact > 0) return exact;
  } catch {
    // Not kept by this kernel: the ticks are.
  }
  return readStat(await readFile(`/proc/${String(pid)}/stat`, 'utf8'));
}

async function schedstatOf(pid: number, thread: string): Promise<string> {
  return readFile(`/proc/${String(pid)}/task/${thread}/schedstat`, 'utf8');
}

/** @param text e.g. `123456789 2345 67`: nanoseconds on a CPU, nanoseconds waiting, turns. @returns milliseconds */
export function readSchedstat(text: string): number {
  return Number(text.split(' ')[0]) / 1e6;
}

/** @param text of /proc/<pid>/stat; the name in it may hold blanks and brackets. @returns milliseconds */
export function readStat(text: string): number {
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
}

/** @param text of /proc/<pid>/status. @returns bytes */
export function readRss(text: string): number {
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(text)?.[1] ?? Number.NaN) * 1024;
}
