import { MuteKeys } from '@interject/contracts';
import type { StreamName } from '@interject/contracts';
import { inOneLine } from '../../printable.js';
import { counted } from '../../table.js';
import { UsageError } from '../../usage.errors.js';
import { checkCallId, NO_OWNER } from '../installation.js';
import type { Installation } from '../installation.js';
import type { InterjectPorts } from '../interject-ports.js';
import { unmuteCall } from '../mute/mute-orders.js';
import { findTraces } from './call-traces.js';
import type { CallTraces } from './call-traces.js';
import { eraseUtterances } from './utterance-eraser.js';

export interface ForgetOptions {
  readonly force?: boolean;
  readonly dryRun?: boolean;
}

const AGAIN = 'Run it again in half an hour: what is left then goes by itself after 24 hours.';

/** `forget <id>`: removes what the streams and buckets hold of one call. */
export async function forget(
  it: Installation,
  id: string,
  options: ForgetOptions,
  ports: InterjectPorts,
): Promise<void> {
  const callId = checkCallId(id);
  const { terminal } = ports;
  const isDryRun = options.dryRun === true;
  const isLive = await isStillLive(it, callId);
  if (isLive !== false && options.force !== true && !isDryRun) throw refusal(callId, isLive);
  const traces = await findTraces(it, callId);
  for (const line of await eraseTraces(it, traces, isDryRun)) terminal.out(line);
  const { found, erased, kept } = await eraseUtterances(it, callId, { isLive: isLive !== false, isDryRun }, ports);
  if (found > 0) terminal.out(line('UTTERANCES', isDryRun ? found : erased, isDryRun));
  if (!isDryRun && (await unmuteCall(it, callId))) terminal.out(`${MuteKeys.calls}: taken off the list`);
  if (traces.messages.length + found === 0) terminal.out(`The streams hold nothing of ${inOneLine(callId)}.`);
  if (traces.unfinished > 0 && !isDryRun) {
    terminal.error(`${counted(traces.unfinished, 'tool call')} had no result yet: it comes later. ${AGAIN}`);
    terminal.fail();
  }
  if (kept > 0) {
    terminal.error(
      `${counted(kept, 'batch', 'batches')} of the utterance log stay for now: with the call's id, names of tools and times, ` +
        `without texts. Their notifier may have to read them while calls of that time live. ${AGAIN}`,
    );
    terminal.fail();
  }
}

/** @returns undefined when nobody can tell */
async function isStillLive(it: Installation, callId: string): Promise<boolean | undefined> {
  const answer = await it.call(callId);
  switch (answer.kind) {
    case 'live':
      return answer.state.status !== 'ended';
    case 'summary':
    case 'unknown':
      return false;
    case 'no-owner':
      return undefined;
  }
}

function refusal(callId: string, isLive: boolean | undefined): UsageError {
  const name = inOneLine(callId);
  return new UsageError(
    isLive === undefined
      ? `Whether ${name} is still live cannot be told: for its partition ${NO_OWNER} --force erases it all the same.`
      : `The call ${name} is live: what is erased now is written again, and its results would not be said. Wait for its end; ` +
          '--force erases what is there all the same.',
  );
}

async function eraseTraces(it: Installation, traces: CallTraces, isDryRun: boolean): Promise<readonly string[]> {
  const { eraser } = it.operator;
  const counts = new Map<StreamName, number>();
  for (const { stream, sequence } of traces.messages) {
    const isDone = isDryRun || (await eraser.message(stream, sequence));
    if (isDone) counts.set(stream, (counts.get(stream) ?? 0) + 1);
  }
  const lines = [...counts].map(([stream, count]) => line(stream, count, isDryRun));
  if (isDryRun) return lines;
  const floor = await eraser.subject('FLOOR', traces.floorSubject);
  if (floor > 0) lines.push(line('FLOOR', floor, false));
  const keys = new Map<string, number>();
  for (const { bucket, key } of traces.keys) {
    if (await eraser.key(bucket, key)) keys.set(bucket, (keys.get(bucket) ?? 0) + 1);
  }
  return [...lines, ...[...keys].map(([bucket, count]) => `${bucket.padEnd(14)}${counted(count, 'key')} erased`)];
}

function line(stream: string, count: number, isDryRun: boolean): string {
  return `${stream.padEnd(14)}${counted(count, 'message')} ${isDryRun ? 'would be erased' : 'erased'}`;
}
