import type { ChildProcess } from 'node:child_process';

/** SIGTERM, and SIGKILL to one that has not gone `limitMs` later. Resolves when it has gone. */
export async function endChild(child: ChildProcess, limitMs: number): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.kill('SIGTERM');
  const straggler = setTimeout(() => child.kill('SIGKILL'), limitMs);
  await exited;
  clearTimeout(straggler);
}
