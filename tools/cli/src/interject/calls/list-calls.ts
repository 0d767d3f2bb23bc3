import { MAX_LISTED_CALLS } from '@interject/contracts';
import type { LiveCall, PartitionState } from '@interject/contracts';
import { counted, span, table } from '../../table.js';
import { UsageError } from '../../usage.errors.js';
import type { Installation } from '../installation.js';
import type { InterjectPorts } from '../interject-ports.js';
import { muteText, readMute } from '../mute/mute-orders.js';
import type { Mute } from '../mute/mute-orders.js';

export interface ListOptions {
  readonly limit: string;
  readonly json?: boolean;
}

const HEADING = ['CALL', 'LIVE FOR', 'STATUS', 'FLOOR', 'PENDING TOOL CALLS', 'WAITING', 'WAITS FOR'];

/** `calls`: who is on the line, and what waits to be said. */
export async function listCalls(it: Installation, options: ListOptions, ports: InterjectPorts): Promise<void> {
  const limit = Number(options.limit);
  if (!Number.isInteger(limit) || limit < 1) throw new UsageError('--limit must be a whole number above 0.');
  const [answers, mute] = await Promise.all([it.askAll({ list: Math.min(limit, MAX_LISTED_CALLS) }), readMute(it)]);
  const silent = answers.flatMap((answer, partition) => (answer === undefined ? [partition] : []));
  const partitions = answers.filter((answer): answer is PartitionState => answer !== undefined);
  const calls = newest(partitions, limit);
  const total = partitions.reduce((sum, each) => sum + each.total, 0);
  if (options.json === true) {
    ports.terminal.out(JSON.stringify({ calls, total, mute, partitionsWithoutAnswer: silent }));
  } else {
    print(calls, total, mute, ports);
  }
  if (silent.length === 0) return;
  ports.terminal.error(
    `No notifier answers for ${counted(silent.length, 'partition')} of ${String(it.partitions)} (${silent.join(', ')}): ` +
      'calls there are not shown, and nothing is said in them. Look at: npm run interject -- health',
  );
  ports.terminal.fail();
}

/** The newest of all partitions, oldest first. */
function newest(partitions: readonly PartitionState[], limit: number): readonly LiveCall[] {
  const calls = partitions.flatMap((each) => each.calls);
  return calls.sort((a, b) => (a.since ?? 0) - (b.since ?? 0)).slice(-limit);
}

function print(calls: readonly LiveCall[], total: number, mute: Mute, { terminal, clock }: InterjectPorts): void {
  const now = clock.now();
  for (const line of muteText(mute, now)) terminal.out(line);
  if (total === 0) {
    terminal.out('No live calls.');
    return;
  }
  const rows = calls.map((call) => [
    call.callId,
    call.since === undefined ? '-' : span(now - call.since),
    call.isMuted ? `${call.status}, muted` : call.status,
    call.floor,
    String(call.pendingToolCalls),
    String(call.waitingUtterances),
    call.waitsFor ?? '-',
  ]);
  if (rows.length > 0) terminal.out(table(HEADING, rows));
  if (total > rows.length) terminal.out(`${String(total - rows.length)} more are left out: --limit shows more.`);
}
