import { setTimeout as sleep } from 'node:timers/promises';
import type { ManagedProcess } from './managed-process.js';
import type { WatchedProcess } from './readiness-watch.js';
import { KILL_BROKER_AT_MS, KILL_SERVICES_AT_MS, stopSteps } from './stop-schedule.js';

/** Stops the services in their order, then the broker; who does not stop in time is killed. Takes less than 10 s. */
export async function stopInOrder(
  watched: readonly WatchedProcess[],
  broker: ManagedProcess | undefined,
  print: (line: string) => void,
): Promise<void> {
  const startedAt = performance.now();
  const leftUntil = (atMs: number): number => Math.max(0, atMs - (performance.now() - startedAt));
  for (const process of [...watched.map((entry) => entry.process), ...(broker ? [broker] : [])]) process.doNotRestart();

  for (const [index, step] of stopSteps.entries()) {
    const members = watched.filter(({ plan }) => step.roles.includes(plan.role)).map(({ process }) => process);
    for (const member of members) member.terminate();
    await allGone(members, leftUntil(stopSteps[index + 1]?.latestAtMs ?? KILL_SERVICES_AT_MS));
  }
  const processes = watched.map(({ process }) => process);
  await allGone(processes, leftUntil(KILL_SERVICES_AT_MS));
  await killStragglers(processes, print);
  if (broker) {
    broker.terminate();
    await allGone([broker], leftUntil(KILL_BROKER_AT_MS));
    await killStragglers([broker], print);
  }
}

/** Waits until all have ended, but not longer than so many milliseconds. */
async function allGone(processes: readonly ManagedProcess[], limitMs: number): Promise<void> {
  const enough = new AbortController();
  const timer = sleep(limitMs, undefined, { signal: enough.signal }).catch(() => undefined);
  await Promise.race([Promise.all(processes.map((process) => process.gone())), timer]);
  enough.abort();
}

async function killStragglers(processes: readonly ManagedProcess[], print: (line: string) => void): Promise<void> {
  for (const straggler of processes.filter((process) => process.isRunning)) {
    print(`${straggler.id} did not stop in time and is killed`);
    straggler.kill();
    await straggler.gone();
  }
}
