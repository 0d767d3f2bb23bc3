import type { ChildProcess } from 'node:child_process';

const living = new Set<ChildProcess>();

/** Whatever ends the bench, and whenever: a process it has started does not outlive it. */
export function dieWithBench(child: ChildProcess): void {
  if (living.size === 0) process.once('exit', killAll);
  living.add(child);
  child.once('exit', () => {
    living.delete(child);
    if (living.size === 0) process.removeListener('exit', killAll);
  });
}

function killAll(): void {
  for (const child of living) child.kill('SIGKILL');
}
