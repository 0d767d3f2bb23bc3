import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ROOT } from '../harness/service-process.js';
import { hasPassed } from './account/tally.js';
import { ENVIRONMENT_FAULTS } from './environment/index.js';
import type { Fault } from './fault.types.js';
import { PROCESS_FAULTS } from './processes/index.js';
import { parseWishes, USAGE } from './run/command-line.js';
import type { Wishes } from './run/command-line.js';
import { FaultRun } from './run/fault-run.js';
import type { RunResult } from './run/fault-run.js';
import { accountOf, failuresOf, HEAD, lineOf, totalOf } from './run/report.js';

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
  return play(faults, wishes);
}

async function play(faults: readonly Fault[], { seeds, slack, afterMs, callsPerSecond }: Wishes): Promise<number> {
  const results: RunResult[] = [];
  let broken = 0;
  say(HEAD);
  for (const seed of seeds) {
    for (const fault of faults) {
      const obstacle = fault.obstacle?.();
      if (obstacle !== undefined) {
        say(`${fault.name}: left out, ${obstacle}`);
        continue;
      }
      try {
        const run = new FaultRun(fault, { seed, slack, afterMs, callsPerSecond });
        endWith(run);
        const result = await run.play();
        results.push(result);
        say(lineOf(result));
        await keep(result);
      } catch (error) {
        broken += 1;
        say(`${fault.name}, seed ${String(seed)}: could not be played.`);
        say(error instanceof Error ? (error.stack ?? error.message) : String(error));
      }
    }
  }
  say(totalOf(results));
  return broken === 0 && results.every(hasPassed) ? 0 : 1;
}

/** What it has started goes when it goes. */
function endWith(run: FaultRun): void {
  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const) {
    process.removeAllListeners(signal);
    process.once(signal, () => void run.end().finally(() => process.exit(code)));
  }
}

/** @throws Error when there is no fault of a name */
function chosen({ only, isShort, isAll, isList }: Wishes): readonly Fault[] {
  const unknown = only.filter((name) => !FAULTS.some((fault) => fault.name === name));
  if (unknown.length > 0) throw new Error(`There is no fault ${unknown.join(', ')}; --list shows all.`);
  if (only.length > 0) return FAULTS.filter(({ name }) => only.includes(name));
  if (isShort) return FAULTS.filter((fault) => fault.isShort === true);
  return FAULTS.filter(({ isOptional }) => isAll || isList || isOptional !== true);
}

/** Leaves the account of a run, and of a failed one also what the services printed, which it explains. */
async function keep(result: RunResult): Promise<void> {
  const folder = join(TRACES, `${result.fault.name}-seed-${String(result.seed)}`);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'account.txt'), accountOf(result));
  if (hasPassed(result)) return;
  for (const [title, output] of result.outputs) {
    await writeFile(join(folder, `${title.replaceAll(' ', '-')}.log`), output);
  }
  say(failuresOf(result));
  say(`  more in ${folder}; again: npm run test:faults -- --only ${result.fault.name} --seeds ${String(result.seed)}`);
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
