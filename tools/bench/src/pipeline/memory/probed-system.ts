import type { BenchStage, PipelineSystem, RunningSystem } from '../system.types.js';
import { probeArguments } from './probe-client.js';

/** A system and where it runs, once it was started. */
export interface Probed {
  readonly system: PipelineSystem;
  /** @throws Error before the start */
  readonly place: () => { readonly stage: BenchStage; readonly running: RunningSystem };
}

/** The same system, with a memory probe in each of its processes. */
export function probed(system: PipelineSystem): Probed {
  let place: { readonly stage: BenchStage; readonly running: RunningSystem } | undefined;
  const start = async (stage: BenchStage): Promise<RunningSystem> => {
    const nodeArguments = (role: string): readonly string[] => [
      ...stage.nodeArguments(role),
      ...probeArguments(stage.directory, role),
    ];
    const running = await system.start({ ...stage, nodeArguments });
    place = { stage, running };
    return running;
  };
  return {
    system: { ...system, start },
    place: () => {
      if (place === undefined) throw new Error(`${system.name} has not been started.`);
      return place;
    },
  };
}
