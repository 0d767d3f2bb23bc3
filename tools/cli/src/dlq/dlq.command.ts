import { Command } from 'commander';
import { MessagingOperator } from '@interject/messaging';
import type { DeadLetter, NatsAccess } from '@interject/messaging';
import type { Terminal } from '../terminal.js';
import { UsageError } from '../usage.errors.js';
import { letterDetails, letterJson, letterTable } from './letter-text.js';
import { Replayer } from './replayer.js';
import { storedResult } from './stored-result.js';
import { findLetters, selectLetters, selection } from './select-letters.js';
import type { Selection } from './select-letters.js';

interface ListOptions extends Selection {
  readonly limit: string;
  readonly json?: boolean;
}
interface ShowOptions {
  readonly json?: boolean;
  readonly data?: boolean;
}
interface ChangeOptions extends Selection {
  readonly all?: boolean;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
}
interface ReplayCommandOptions extends ChangeOptions {
  readonly speakAnyway?: boolean;
  readonly raw?: boolean;
  readonly keep?: boolean;
}

/** Where the commands find the installation and whom they tell. */
export interface DlqPorts {
  readonly natsUrl: string;
  /** As whom to log in to NATS. */
  readonly access?: NatsAccess | undefined;
  readonly terminal: Terminal;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** `dlq list|show|replay|discard`: messages that no handler could do. */
export function dlqCommand(ports: DlqPorts): Command {
  const dlq = new Command('dlq').description('Looks after dead letters: messages that no handler could do.');
  const within = <A extends unknown[]>(act: (operator: MessagingOperator, ...args: A) => Promise<void>) => {
    return async (...args: A): Promise<void> => {
      const operator = await MessagingOperator.open({ url: ports.natsUrl, access: ports.access, service: 'dlq' });
      try {
        await act(operator, ...args);
      } finally {
        await operator.close();
      }
    };
  };
  selection(dlq.command('list').description('Lists dead letters, the newest last.'))
    .option('--limit <n>', 'most that are shown', '50')
    .option('--json', 'one JSON object a line')
    .action(within((operator, options: ListOptions) => list(operator, options, ports)));
  dlq
    .command('show')
    .description('Shows one dead letter.')
    .argument('<letter>', 'its number, from list')
    .option('--data', 'with what it holds: private')
    .option('--json', 'as JSON')
    .action(within((operator, letter: string, options: ShowOptions) => show(operator, letter, options, ports)));
  changing(dlq.command('replay').description('Puts dead letters back into their streams and removes them here.'))
    .option('--speak-anyway', 'word results of ended calls too, for follow-up workers')
    .option('--raw', 'put back what cannot be read, as it is')
    .option('--keep', 'leave the letters where they are')
    .action(
      within((operator, letters: string[], options: ReplayCommandOptions) => replay(operator, letters, options, ports)),
    );
  changing(dlq.command('discard').description('Throws dead letters away for good.')).action(
    within((operator, letters: string[], options: ChangeOptions) => discard(operator, letters, options, ports)),
  );
  return dlq;
}

function changing(command: Command): Command {
  return selection(command.argument('[letters...]', 'their numbers, from list'))
    .option('--all', 'all that the filters leave')
    .option('--dry-run', 'say what would be done, and do nothing')
    .option('--yes', 'do not ask back, with --all');
}

async function list(operator: MessagingOperator, options: ListOptions, { terminal, now }: DlqPorts): Promise<void> {
  const limit = Number(options.limit);
  if (!Number.isInteger(limit) || limit < 1) throw new UsageError('--limit must be a whole number above 0.');
  const { letters, matched, inAll } = await selectLetters(operator, options, now(), limit);
  if (options.json === true) {
    for (const letter of letters) terminal.out(JSON.stringify(letterJson(letter, false)));
    return;
  }
  if (letters.length === 0) {
    terminal.out(inAll === 0 ? 'No dead letters.' : `None of ${String(inAll)} dead letters fits.`);
    return;
  }
  terminal.out(letterTable(letters));
  if (matched > letters.length) {
    terminal.out(`${String(matched - letters.length)} older ones are left out: --limit shows more.`);
  }
}

async function show(operator: MessagingOperator, number: string, options: ShowOptions, ports: DlqPorts): Promise<void> {
  const [letter] = await findLetters(operator, [number]);
  if (letter === undefined) return;
  const withData = options.data === true;
  const result = await storedResult(operator, letter);
  if (options.json === true) {
    ports.terminal.out(JSON.stringify({ ...letterJson(letter, withData), result }, undefined, 2));
    return;
  }
  ports.terminal.out(letterDetails(letter, withData));
  if (result === undefined) return;
  const { outcome, attempts, failure } = result;
  const why = failure === undefined ? '' : `, ${failure.code}: ${failure.message}`;
  ports.terminal.out(`Its tool call ended as ${outcome} after ${String(attempts)} attempts${why}`);
}

async function replay(
  operator: MessagingOperator,
  numbers: readonly string[],
  options: ReplayCommandOptions,
  ports: DlqPorts,
): Promise<void> {
  const replayer = new Replayer(operator, ports.now);
  const wishes = { speakAnyway: options.speakAnyway === true, raw: options.raw === true };
  await forEach(operator, numbers, options, ports, async (letter) => {
    const plan = await replayer.plan(letter, wishes);
    if (plan.decision.kind === 'refused') throw new Error(plan.decision.reason);
    if (options.dryRun === true) return `would be replayed (${plan.decision.note})`;
    const outcome = await replayer.carryOut(plan, { keep: options.keep === true });
    return outcome === 'repeated' ? 'was replayed a moment ago' : `replayed (${plan.decision.note})`;
  });
}

async function discard(
  operator: MessagingOperator,
  numbers: readonly string[],
  options: ChangeOptions,
  ports: DlqPorts,
): Promise<void> {
  await forEach(operator, numbers, options, ports, async ({ sequence }) => {
    if (options.dryRun === true) return 'would be discarded';
    return (await operator.deadLetters.discard(sequence)) ? 'discarded' : 'was gone already';
  });
}

/** Does something with each letter; one that fails does not stop the others, and decides the exit code. */
async function forEach(
  operator: MessagingOperator,
  numbers: readonly string[],
  options: ChangeOptions,
  { terminal, now }: DlqPorts,
  act: (letter: DeadLetter) => Promise<string>,
): Promise<void> {
  const letters = await chosen(operator, numbers, options, now());
  let failures = 0;
  for (const letter of letters) {
    try {
      terminal.out(`${String(letter.sequence)} ${await act(letter)}`);
    } catch (error) {
      failures += 1;
      terminal.error(
        `${String(letter.sequence)} left alone: ${error instanceof Error ? error.message : 'unknown error'}`,
      );
    }
  }
  terminal.out(`${String(letters.length - failures)} of ${String(letters.length)} done.`);
  if (failures > 0) terminal.fail();
}

async function chosen(
  operator: MessagingOperator,
  numbers: readonly string[],
  options: ChangeOptions,
  now: number,
): Promise<readonly DeadLetter[]> {
  if (numbers.length > 0) {
    if (options.all === true) throw new UsageError('Give the numbers of letters or --all, not both.');
    return findLetters(operator, numbers);
  }
  if (options.all !== true) throw new UsageError('Which letters? Give their numbers, or --all with filters.');
  const { letters } = await selectLetters(operator, options, now);
  if (options.dryRun === true || options.yes === true) return letters;
  throw new UsageError(
    `${String(letters.length)} letters fit. Look at them with --dry-run, or say --yes to go through with it.`,
  );
}
