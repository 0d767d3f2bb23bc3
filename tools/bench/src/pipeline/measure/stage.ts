import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { NatsServer } from '@interject/testing';
import { ChildProgram } from '../process/child-program.js';
import type { Unwinding } from '../process/unwinding.js';
import type { SinkOptions, SinkReady } from '../sink/sink.types.js';
import type { BenchStage, PipelineSystem } from '../system.types.js';

/** All that a system needs around it, made anew for each run. */
export interface OpenStage {
  readonly stage: BenchStage;
  readonly sink: ChildProgram;
  /** Pid of the nats-server, if there is one. */
  readonly natsPid: number | undefined;
}

export interface StageSettings {
  readonly keepsConnections: boolean;
  /** Folder for CPU profiles of the services. */
  readonly cpuProfiles: string | undefined;
}

/**
 * @param label of the run, in the names of CPU profiles
 * @param unwinding gets what closes it again
 */
export async function openStage(
  system: PipelineSystem,
  label: string,
  { keepsConnections, cpuProfiles }: StageSettings,
  unwinding: Unwinding,
): Promise<OpenStage> {
  const directory = await mkdtemp(join(tmpdir(), 'interject-bench-'));
  unwinding.add(() => rm(directory, { recursive: true, force: true }));
  const nats = system.broker === 'nats' ? await NatsServer.start() : undefined;
  if (nats !== undefined) unwinding.add(() => nats.dispose());
  const script = fileURLToPath(new URL('../sink/sink.main.js', import.meta.url));
  const { program: sink, ready } = await ChildProgram.start('sink', script, { keepsConnections } satisfies SinkOptions);
  unwinding.add(() => sink.stop());
  const stage = {
    natsUrl: nats?.url ?? '',
    sinkOrigin: `http://127.0.0.1:${String((ready as SinkReady).port)}`,
    directory,
    nodeArguments: (role: string) => profileArguments(cpuProfiles, `${label}-${role}`),
  };
  return { stage, sink, natsPid: nats?.pid };
}

function profileArguments(folder: string | undefined, name: string): readonly string[] {
  if (folder === undefined) return [];
  return ['--cpu-prof', `--cpu-prof-dir=${folder}`, `--cpu-prof-name=${name}.cpuprofile`];
}
