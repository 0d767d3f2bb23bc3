import { setTimeout as delay } from 'node:timers/promises';
import { Session } from '../measure/session.js';
import { interjectSystem } from '../systems/interject.system.js';
import { CallLives } from './call-lives.js';
import { ProbedRoles } from './memory-figures.types.js';
import type { MemoryRun, MemoryStages, ProbedRole } from './memory-figures.types.js';
import { memoryOf } from './probe-client.js';
import type { Memory } from './probe.types.js';
import { probed } from './probed-system.js';

const WARM_UP = { rate: 300, seconds: 4 } as const;
export interface MeasureSettings {
  readonly seed: string;
  /** Tool calls a second in other calls while all are live, and for how long. */
  readonly rate: number;
  readonly seconds: number;
  /** Folder for heap snapshots of the notifier at each stage. */
  readonly snapshots: string | undefined;
}

type Memories = Readonly<Record<ProbedRole, Memory>>;

/** Starts the services, lets `calls` calls live and end, and measures on the way. @param run number of this run */
export async function measureCalls(
  calls: number,
  run: number,
  settings: MeasureSettings,
  tell: (line: string) => void,
): Promise<MemoryRun> {
  const { system, place } = probed(interjectSystem);
  const session = await Session.start(system, run, `memory-${String(calls)}`, {
    // All calls get their result within a minute: with a connection each, the machine would run out of ports.
    keepsConnections: true,
    cpuProfiles: undefined,
  });
  let lives: CallLives | undefined;
  try {
    await session.observe({ seed: `${settings.seed}/warm-up`, ...WARM_UP });
    await delay(interjectSystem.settleMs);
    lives = await CallLives.open(place(), run, calls);
    // A warm process without calls: those of the load process are numbered from 0.
    const warmUps = WARM_UP.rate * WARM_UP.seconds;
    await lives.endOthers(0, warmUps);
    const memories = async (stage: keyof MemoryStages): Promise<Memories> =>
      readMemories(place().stage.directory, snapshotOf(settings, calls, stage));
    await lives.settle();
    const before = await memories('before');
    const introducedPerSecond = await lives.begin();
    const lostPartitions = await lives.lostPartitions();
    const live = await memories('live');
    await lives.recover();
    tell(`${String(calls)} calls are live`);
    await session.measureIdle();
    const { rate, seconds, seed } = settings;
    const { cpuUs } = await session.measure({ seed: `${seed}/${String(calls)}`, rate, seconds });
    await lives.endOthers(warmUps, Math.round(rate * seconds));
    await lives.finish();
    await lives.end();
    const ended = await memories('ended');
    tell(`${String(calls)} calls have ended`);
    return { calls, cpuUs, introducedPerSecond, lostPartitions, stages: stagesOf(before, live, ended) };
  } finally {
    await lives?.close();
    await session.close();
  }
}

function snapshotOf({ snapshots }: MeasureSettings, calls: number, stage: string): string | undefined {
  return snapshots === undefined ? undefined : `${snapshots}/notifier-${String(calls)}-${stage}.heapsnapshot`;
}

async function readMemories(directory: string, snapshotFile: string | undefined): Promise<Memories> {
  const gateway = await memoryOf(directory, 'gateway');
  const notifier = await memoryOf(directory, 'notifier', snapshotFile === undefined ? {} : { snapshotFile });
  return { gateway, notifier };
}

function stagesOf(before: Memories, live: Memories, ended: Memories): Record<ProbedRole, MemoryStages> {
  const entries = ProbedRoles.map((role) => [role, { before: before[role], live: live[role], ended: ended[role] }]);
  return Object.fromEntries(entries) as Record<ProbedRole, MemoryStages>;
}
