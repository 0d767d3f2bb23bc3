import { benches } from './benches.js';
import type { Bench } from './benches.js';
import { UsageError } from './command-line.js';

/** EX_USAGE of sysexits.h. */
const USAGE_FAULT = 64;

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

function list(): void {
  print('npm run bench -- <name> [options]; without a name all of them run');
  for (const { name, summary, usage } of benches) {
    print(`\n  ${name}  ${summary}`);
    for (const line of usage) print(`    ${line}`);
  }
}

function namesOf(all: readonly Bench[]): string {
  return all.map(({ name }) => name).join(', ');
}

/** @returns the worst exit code */
async function runAll(): Promise<number> {
  list();
  let worst = 0;
  for (const bench of benches) {
    print(`\n== ${bench.name}\n`);
    worst = Math.max(worst, await bench.run([], print));
  }
  return worst;
}

async function main(args: readonly string[]): Promise<number> {
  const [name, ...rest] = args;
  if (name === undefined) return runAll();
  if (name === '--help' || name === '-h' || rest.includes('--help')) {
    list();
    return 0;
  }
  const bench = benches.find((candidate) => candidate.name === name);
  if (bench === undefined) throw new UsageError(`no bench "${name}"; there is: ${namesOf(benches)}`);
  return bench.run(rest, print);
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  process.stderr.write(`bench: ${error.message}\n`);
  process.exitCode = USAGE_FAULT;
}
