import { Streams, Subjects } from '@interject/contracts';
import type { StoredMessage } from '@interject/messaging';
import type { Installation } from '../installation.js';
import { pause } from '../interject-ports.js';
import type { InterjectPorts } from '../interject-ports.js';
import { names } from './call-traces.js';
import { carriedIn, isOfCallAlone, neededFrom, rawBatch, withoutCall } from './redaction.js';
import type { RawBatch } from './redaction.js';

/** What became of the batches that name the call. */
export interface UtteranceErasure {
  readonly found: number;
  readonly erased: number;
  /** Those that an owner may still have to read. */
  readonly kept: number;
}

const RENEWED_WITHIN_MS = 1500;
const LOOK_EVERY_MS = 50;

/** The batches of a log that name a call, and what an owner of it may still have to read. */
interface LogView {
  readonly naming: readonly StoredMessage[];
  readonly lastSequence: number;
  readonly neededFrom: number;
  readonly listSequence: number | undefined;
}

/**
 * Takes a call out of the utterance log of its partition without a write to it: only the owner appends (docs/adr/0051). What
 * no owner will read again goes, with a copy of what it holds of other calls; what one may have to read stays for now.
 */
export async function eraseUtterances(
  it: Installation,
  callId: string,
  { isLive, isDryRun }: { readonly isLive: boolean; readonly isDryRun: boolean },
  ports: InterjectPorts,
): Promise<UtteranceErasure> {
  const partition = it.partitionOf(callId);
  let view = await readLog(it, partition, callId);
  if (!isDryRun && view.naming.some(({ sequence }) => sequence === view.lastSequence)) {
    // The fence is the sequence of the last message: that one must not go before another one follows.
    await renew(it, partition, view.lastSequence, ports);
    view = await readLog(it, partition, callId);
  }
  const erasable = erasableOf(view, callId, isLive);
  const redacted = await redactedNaming(it, callId);
  const found = view.naming.length + redacted.length;
  if (isDryRun) return { found, erased: 0, kept: view.naming.length - erasable.length };
  let erased = 0;
  for (const message of [...erasable, ...redacted]) {
    if (await eraseBatch(it, message, callId)) erased += 1;
  }
  return { found, erased, kept: found - erased };
}

async function readLog(it: Installation, partition: number, callId: string): Promise<LogView> {
  const naming: StoredMessage[] = [];
  const subject = Subjects.utterances(partition);
  await it.operator.reader.each(Streams.Utterances, subject, (message) => {
    if (names(message, callId)) naming.push(copyOf(message));
  });
  const last = await it.operator.reader.last(Streams.Utterances, subject);
  const lastBatch = last === undefined ? undefined : rawBatch(last);
  const listSequence = lastBatch === undefined ? undefined : carriedIn(lastBatch);
  const listed = listSequence === undefined ? undefined : await it.operator.reader.at(Streams.Utterances, listSequence);
  const list = listed === undefined ? undefined : rawBatch(listed);
  return {
    naming,
    lastSequence: last?.sequence ?? 0,
    neededFrom: lastBatch === undefined ? 1 : neededFrom(lastBatch, list),
    listSequence,
  };
}

async function redactedNaming(it: Installation, callId: string): Promise<StoredMessage[]> {
  const naming: StoredMessage[] = [];
  await it.operator.reader.each(Streams.Utterances, Subjects.utterancesRedacted, (message) => {
    if (names(message, callId)) naming.push(copyOf(message));
  });
  return naming;
}

function erasableOf(view: LogView, callId: string, isLive: boolean): readonly StoredMessage[] {
  const isFree = ({ sequence }: StoredMessage): boolean =>
    sequence !== view.lastSequence && sequence !== view.listSequence;
  const old = view.naming.filter((message) => message.sequence < view.neededFrom && isFree(message));
  const recent = view.naming.filter((message) => message.sequence >= view.neededFrom);
  // All of them or none: with a part of its records, an owner that comes next would find another end of an utterance.
  const isAlone = (batch: RawBatch | undefined): boolean => batch !== undefined && isOfCallAlone(batch, callId);
  const mayGo = !isLive && recent.every((message) => isFree(message) && isAlone(rawBatch(message)));
  return mayGo ? [...old, ...recent] : old;
}

async function eraseBatch(it: Installation, message: StoredMessage, callId: string): Promise<boolean> {
  const batch = rawBatch(message);
  const rest = batch === undefined ? undefined : withoutCall(batch, callId);
  // First the copy: a command that is cut off in between leaves both, and finds both when it is run again.
  if (rest !== undefined) await it.operator.eraser.keepRest(Subjects.utterancesRedacted, rest, message);
  return it.operator.eraser.message(Streams.Utterances, message.sequence);
}

/** Asks the owner for a batch after the last one, and waits for it as long as is worth it. */
async function renew(it: Installation, partition: number, after: number, { clock }: InterjectPorts): Promise<void> {
  const deadline = clock.monotonic() + RENEWED_WITHIN_MS;
  if ((await it.askPartition(partition, { list: 0, renewsLog: true })) === undefined) return;
  while (clock.monotonic() < deadline) {
    const last = await it.operator.reader.last(Streams.Utterances, Subjects.utterances(partition));
    if (last !== undefined && last.sequence > after) return;
    await pause(clock, LOOK_EVERY_MS);
  }
}

/** What is handed over is a view of a buffer that is used again. */
function copyOf({ subject, sequence, storedAt, headers, data }: StoredMessage): StoredMessage {
  return { subject, sequence, storedAt, headers: { ...headers }, data: Uint8Array.from(data) };
}
