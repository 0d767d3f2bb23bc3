import { readFile } from 'node:fs/promises';

/** Names one run of one process: a pid alone is given to another process one day, in a container at the next start. */
export interface ProcessIdentity {
  readonly pid: number;
  /** When it was started, in a form that only this file understands; absent where the system does not tell. */
  readonly startedAt?: string;
}

const LINUX_BOOT_ID = '/proc/sys/kernel/random/boot_id';
/** Fields of /proc/<pid>/stat after the name in parentheses, which may itself hold spaces (proc(5)). */
const STATE_FIELD = 0;
const START_TIME_FIELD = 19;
/** A killed process stays visible until its parent asks for its exit code. */
const DEAD_STATES: ReadonlySet<string> = new Set(['Z', 'X']);

/** Identity of this process. */
export async function ownIdentity(): Promise<ProcessIdentity> {
  const stat = await linuxStat(process.pid);
  return stat === undefined ? { pid: process.pid } : { pid: process.pid, startedAt: stat.startedAt };
}

/** True while that very process runs; where the system gives no start times, while any process has its pid. */
export async function isAlive(identity: ProcessIdentity): Promise<boolean> {
  if (!hasProcess(identity.pid)) return false;
  const stat = await linuxStat(identity.pid);
  if (stat === undefined || identity.startedAt === undefined) return true;
  return stat.startedAt === identity.startedAt && !DEAD_STATES.has(stat.state);
}

/** Signal 0 asks only; EPERM means that the process exists and belongs to somebody else. */
function hasProcess(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

async function linuxStat(pid: number): Promise<{ readonly state: string; readonly startedAt: string } | undefined> {
  try {
    const [stat, bootId] = await Promise.all([
      readFile(`/proc/${String(pid)}/stat`, 'utf8'),
      readFile(LINUX_BOOT_ID, 'utf8'),
    ]);
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    // The start time counts from the boot: it says nothing without the boot's own name.
    return { state: fields[STATE_FIELD] ?? '', startedAt: `${bootId.trim()}/${fields[START_TIME_FIELD] ?? ''}` };
  } catch {
    return undefined;
  }
}
