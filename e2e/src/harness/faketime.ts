import { existsSync } from 'node:fs';

/** Where distributions put libfaketime; Debian's is in the folder of the processor's architecture. */
const PLACES = [
  '/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1',
  '/usr/lib/aarch64-linux-gnu/faketime/libfaketime.so.1',
  '/usr/lib/faketime/libfaketime.so.1',
  '/usr/lib64/faketime/libfaketime.so.1',
  '/usr/local/lib/faketime/libfaketime.so.1',
];

/** Why no process can be started with another clock, or undefined. */
export function faketimeObstacle(): string | undefined {
  if (PLACES.some((place) => existsSync(place))) return undefined;
  return 'libfaketime is not installed: apt-get install faketime';
}

/**
 * Variables of a process whose wall clock is ahead of the machine's by so much, or behind it. Its monotonic clock, which
 * timers run on, is left alone: what is looked for are comparisons of wall clocks.
 *
 * @throws Error when libfaketime is not installed
 */
export function skewedClock(skewMs: number): Record<string, string> {
  if (skewMs === 0) return {};
  const library = PLACES.find((place) => existsSync(place));
  if (library === undefined) throw new Error(faketimeObstacle());
  return {
    LD_PRELOAD: library,
    FAKETIME: `${skewMs > 0 ? '+' : ''}${String(skewMs / 1000)}s`,
    FAKETIME_DONT_FAKE_MONOTONIC: '1',
  };
}
