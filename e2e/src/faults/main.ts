import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ROOT } from '../harness/service-process.js';
import { hasPassed } from './account/tally.js';
import { ENVIRONMENT_FAULTS } from './environment/index.js';
import type { Fault } from './fault.types.js';
import { PROCESS_FAULTS } from './processes/index.js';
import { parseWishes, USAGE } from './run/command-line.js';
import type { Wishes } from './run/command-line.js';
import { inLanes } from './run/lanes.js';
import { accountOf, failuresOf, HEAD, lineOf, totalOf } from './run/report.js';
import { seriesOf } from './run/series.js';
import type { Series } from './run/series.js';
import { SeriesRun } from './run/series-run.js';
import type { RunResult } from './run/series-run.js';

const FAULTS: readonly Fault[] = [...PROCESS_FAULTS, ...ENVIRONMENT_FAULTS];
/** Where each run leaves what was seen of it. */
const TRACES = join(ROOT, 'tmp', 'faults');

process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  let wishes: Wishes;
  let faults: readonly Fault[];
  try {
    wishes = parseWishes(args);
    faults = chosen(wishes);
  } catch (error) {
    say(`${error instanceof Error ? error.message : String(error)}\n${USAGE}`);
    return 2;
  }
  if (wishes.isHelp) {
    say(USAGE);
    return 0;
  }
  if (wishes.isList) {
    for (const { name, about, isOptional, isShort } of faults) {
      say(`${name.padEnd(32)}${about}${isShort ? ' [--short]' : ''}${isOptional ? ' [--all]' : ''}`);
    }
    return 0;
  }
  return play(possible(faults), wishes);
}

async function play(faults: readonly Fault[], wishes: Wishes): Promise<number> {
  const started = performance.now();
  const results: RunResult[] = [];
  const underWay = new Set<SeriesRun>();
  let unplayed = 0;
  const ending = endWith(underWay);
  say(HEAD);
  for (const seed of wishes.seeds) {
    const begun = performance.now();
    const ofPass: RunResult[] = [];
    await inLanes(wishes.lanes, seriesOf(faults, seed), async (series) => {
      if (ending.aborted) return;
      const played = await playSeries(series, wishes, underWay);
      ofPass.push(...played);
      unplayed += series.faults.length - played.length;
    });
    results.push(...ofPass);
    if (wishes.seeds.length > 1) say(`seed ${String(seed)}: ${totalOf(ofPass, performance.now() - begun)}`);
  }
  say(totalOf(results, performance.now() - started));
  return unplayed === 0 && results.every(hasPassed) ? 0 : 1;
}

/** Plays a series and tells of its acts. Resolves with those that could be played. */
async function playSeries(
  series: Series,
  { slack, afterMs, callsPerSecond }: Wishes,
  underWay: Set<SeriesRun>,
): Promise<readonly RunResult[]> {
  const run = new SeriesRun(series, { slack, afterMs, callsPerSecond });
  const names = (from: number): string =>
    series.faults
      .slice(from)
      .map(({ name }) => name)
      .join(', ');
  underWay.add(run);
  try {
    const results = await run.play();
    for (const result of results) {
      say(lineOf(result));
      await keep(result);
    }
    if (results.length < series.faults.length) say(`not played, seed ${String(series.seed)}: ${names(results.length)}`);
    return results;
  } catch (error) {
    say(`could not be played, seed ${String(series.seed)}: ${names(0)}.`);
    say(error instanceof Error ? (error.stack ?? error.message) : String(error));
    return [];
  } finally {
    underWay.delete(run);
  }
}

/** What it has started goes when it goes. @returns aborted when it has been told to */
function endWith(underWay: ReadonlySet<SeriesRun>): AbortSignal {
  const ending = new AbortController();
  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const) {
    process.once(signal, () => {
      ending.abort();
      void Promise.all([...underWay].map((run) => run.end())).finally(() => process.exit(code));
    });
  }
  return ending.signal;
}

/** @throws Error when there is no fault of a name */
function chosen({ only, isShort, isAll, isList }: Wishes): readonly Fault[] {
  const unknown = only.filter((name) => !FAULTS.some((fault) => fault.name === name));
  if (unknown.length > 0) throw new Error(`There is no fault ${unknown.join(', ')}; --list shows all.`);
  if (only.length > 0) return FAULTS.filter(({ name }) => only.includes(name));
  if (isShort) return FAULTS.filter((fault) => fault.isShort === true);
  return FAULTS.filter(({ isOptional }) => isAll || isList || isOptional !== true);
}

/** Those that can be played here; says why others cannot. */
function possible(faults: readonly Fault[]): readonly Fault[] {
  return faults.filter(({ name, obstacle }) => {
    const why = obstacle?.();
    if (why !== undefined) say(`${name}: left out, ${why}`);
    return why === undefined;
  });
}

/** Leaves the account of an act, and of a failed one also what the services printed, which explains it. */
async function keep(result: RunResult): Promise<void> {
  const { fault, seed, played } = result;
  const folder = join(TRACES, `${fault.name}-seed-${String(seed)}`);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'account.txt'), accountOf(result));
  if (hasPassed(result)) return;
  for (const [title, output] of result.outputs) {
    await writeFile(join(folder, `${title.replaceAll(' ', '-')}.log`), output);
  }
  say(failuresOf(result));
  const again = (names: string): string => `npm run test:faults -- --only ${names} --seeds ${String(seed)}`;
  say(`  more in ${folder}; again: ${again(fault.name)}`);
  if (played.length > 1) say(`  with all that was played before it: ${again(played.join(','))}`);
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
