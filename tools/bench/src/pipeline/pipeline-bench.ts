import { mkdir, writeFile } from 'node:fs/promises';
import type { Bench } from '../benches.js';
import { goalLines } from '../speech/report/goals.js';
import { runSystem } from './measure/run-system.js';
import type { SystemRun } from './measure/figures.types.js';
import { pipelineAssumptions } from './report/assumptions.js';
import { pipelineGoals } from './report/goals.js';
import type { Round } from './report/ratios.js';
import { pipelineTable } from './report/report.js';
import { PIPELINE_USAGE, readPipelineOptions } from './pipeline-options.js';
import type { PipelineOptions } from './pipeline-options.js';
import type { PipelineSystem } from './system.types.js';
import { pipelineSystems } from './systems/systems.js';

type Print = (line: string) => void;

export const pipelineBench: Bench = {
  name: 'pipeline',
  summary: 'webhook to control URL: latency, highest rate and CPU of the built services beside the same hops by hand',
  usage: PIPELINE_USAGE,
  run: async (args, print) => {
    const options = readPipelineOptions(
      args,
      pipelineSystems.map(({ name }) => name),
    );
    const systems = chosenSystems(options, print);
    for (const line of pipelineAssumptions(options, systems)) print(line);
    if (options.cpuProfiles !== undefined) await mkdir(options.cpuProfiles, { recursive: true });
    const rounds = await runRounds(options, systems, print);
    print('');
    const names = systems.map(({ name }) => name);
    for (const line of pipelineTable(rounds, names, options.rates)) print(line);
    print('');
    const goals = pipelineGoals(rounds, options.rates);
    for (const line of goalLines(goals)) print(line);
    if (options.json !== undefined) {
      await writeFile(options.json, `${JSON.stringify({ options, rounds, goals }, undefined, 2)}\n`);
    }
    return options.judge && goals.some(({ isMet }) => !isMet) ? 1 : 0;
  },
};

function chosenSystems({ systems }: PipelineOptions, print: Print): readonly PipelineSystem[] {
  if (systems !== undefined) return pipelineSystems.filter(({ name }) => systems.includes(name));
  return pipelineSystems.filter(({ name, lacks }) => {
    const missing = lacks?.();
    if (missing !== undefined) print(`without ${name}: ${missing}`);
    return missing === undefined;
  });
}

/** @param round from 0; each begins with another system */
export function rotated<T>(items: readonly T[], round: number): readonly T[] {
  const from = items.length === 0 ? 0 : round % items.length;
  return [...items.slice(from), ...items.slice(0, from)];
}

async function runRounds(options: PipelineOptions, systems: readonly PipelineSystem[], print: Print): Promise<Round[]> {
  const rounds: Round[] = [];
  let number = 0;
  for (let round = 0; round < options.rounds; round += 1) {
    const runs: SystemRun[] = [];
    for (const system of rotated(systems, round)) {
      number += 1;
      // The same arrivals for all systems of a round.
      const run = { number, label: `${String(round + 1)}-${system.name}`, seed: `${options.seed}/${String(round)}` };
      runs.push(await runSystem(system, run, options, print));
    }
    rounds.push(runs);
  }
  return rounds;
}
