import { writeFile } from 'node:fs/promises';
import type { Bench } from '../benches.js';
import { UsageError } from '../command-line.js';
import { contendersOf, oursWith } from './contenders.js';
import type { Contender } from './contenders.js';
import { judgeCall } from './judge/judge-call.js';
import { scoresOf } from './judge/scores.js';
import type { Scores } from './judge/scores.js';
import { causesReport } from './report/causes.js';
import { goalLines, goalsOf } from './report/goals.js';
import { scoresTable, sweepTable } from './report/scores-table.js';
import type { Entry } from './report/scores-table.js';
import { timelineOf } from './report/timeline.js';
import { runCall } from './run-call.js';
import { combinationsOf, readSpeechOptions, SPEECH_USAGE } from './speech-options.js';
import { turnTakingAssumptions } from './report/assumptions.js';
import type { SpeechOptions, Sweep } from './speech-options.js';
import { TURN_TAKING_SOURCES } from './world/turn-taking.js';

type Print = (line: string) => void;

export const speechBench: Bench = {
  name: 'speech',
  summary: 'simulated calls: when results are said, and what is known of it, under four policies',
  usage: SPEECH_USAGE,
  run: async (args, print) => {
    const options = readSpeechOptions(args);
    if (options.trace !== undefined) return traceOne(options, options.trace, print);
    if (options.sweep !== undefined) return sweep(options, options.sweep, print);
    return compare(options, print);
  },
};

/** The same calls under one policy. */
export function scoreOf({ factory }: Contender, { world, calls }: Pick<SpeechOptions, 'world' | 'calls'>): Scores {
  return scoresOf(Array.from({ length: calls }, (_, index) => judgeCall(runCall(world, index, factory))));
}

async function compare(options: SpeechOptions, print: Print): Promise<number> {
  const { calls, world, settings, json, check, causes } = options;
  print(`${String(calls)} simulated calls, seed "${world.seed}", the same for every policy`);
  for (const line of [...TURN_TAKING_SOURCES, ...turnTakingAssumptions(world)]) print(`  ${line}`);
  print('');
  const entries: (Entry & { readonly name: string })[] = contendersOf(settings).map((contender) => ({
    name: contender.name,
    title: contender.title,
    scores: scoreOf(contender, options),
  }));
  for (const line of scoresTable(entries)) print(line);
  print('');
  const ours = entries.find(({ name }) => name === 'ours');
  const goals = ours === undefined ? [] : goalsOf(ours.scores);
  for (const line of goalLines(goals)) print(line);
  if (causes) for (const line of causesReport(options)) print(line);
  if (json !== undefined) {
    const report = { world, calls, settings, policies: entries, goals };
    await writeFile(json, `${JSON.stringify(report, undefined, 2)}\n`);
  }
  return check && goals.some(({ isMet }) => !isMet) ? 1 : 0;
}

function sweep(options: SpeechOptions, dimensions: Sweep, print: Print): number {
  print(`${String(options.calls)} simulated calls, seed "${options.world.seed}", interject with other settings`);
  const names = [...dimensions.keys()];
  const entries = combinationsOf(dimensions, options.settings).map((settings) => ({
    title: names.map((name) => `${name}=${String(settings[name])}`).join(' '),
    scores: scoreOf(oursWith(settings), options),
  }));
  for (const line of sweepTable(entries)) print(line);
  return 0;
}

function traceOne({ policy = 'ours', world, settings }: SpeechOptions, index: number, print: Print): number {
  const contenders = contendersOf(settings);
  const contender = contenders.find(({ name }) => name === policy);
  if (contender === undefined) {
    const known = contenders.map(({ name }) => name).join(', ');
    throw new UsageError(`no policy "${policy}"; there is: ${known}`);
  }
  for (const line of timelineOf(runCall(world, index, contender.factory))) print(line);
  return 0;
}
