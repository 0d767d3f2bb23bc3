import { Buckets, callToken, duplicateKey, Streams, Subjects, toolCallKey } from '@interject/contracts';
import type { BucketName, StreamName } from '@interject/contracts';
import type { StoredMessage } from '@interject/messaging';
import type { Installation } from '../installation.js';

/** A message that holds something of the call. */
export interface Trace {
  readonly stream: StreamName;
  readonly sequence: number;
}

export interface CallTraces {
  readonly messages: readonly Trace[];
  /** How many speech events of the call are left: their stream forgets them within 5 minutes anyway. */
  readonly floorSubject: string;
  readonly keys: readonly { readonly bucket: BucketName; readonly key: string }[];
  /** Tool calls that have no result yet: it will come later. */
  readonly unfinished: number;
}

interface Asked {
  readonly tool: string;
  readonly toolCallId: string;
  readonly arguments?: Readonly<Record<string, unknown>>;
}

/** What is older than the number of partitions is gone after so long: 24 hours, and one more. */
const KEPT_MS = 25 * 3_600_000;
/** Fourth and fifth token of `calls.<partition>.<callToken>.<event>.<key>`, from 0. */
const EVENT_TOKEN = 3;
const KEY_TOKEN = 4;

/** True if the message names the call, whatever release wrote it: by its id in JSON. */
export function names({ data }: Pick<StoredMessage, 'data'>, callId: string): boolean {
  return Buffer.from(data.buffer, data.byteOffset, data.byteLength).includes(JSON.stringify(callId));
}

/** Looks for everything that is stored of a call, but for the utterance log. @throws MessagingError */
export async function findTraces(it: Installation, callId: string): Promise<CallTraces> {
  const { reader } = it.operator;
  const token = callToken(callId);
  const messages: Trace[] = [];
  const asked: Asked[] = [];
  await reader.each(Streams.ToolCalls, Subjects.toolCallsOfPartition(await partitionsOf(it, callId)), (message) => {
    if (!names(message, callId)) return;
    messages.push({ stream: Streams.ToolCalls, sequence: message.sequence });
    const request = askedIn(message);
    if (request !== undefined) asked.push(request);
  });
  const finished = new Set<string>();
  await reader.each(Streams.CallEvents, Subjects.callEventsOfCall('*', token), ({ sequence, subject }) => {
    messages.push({ stream: Streams.CallEvents, sequence });
    const tokens = subject.split('.');
    if (tokens[EVENT_TOKEN] === 'result') finished.add(tokens[KEY_TOKEN] ?? '');
  });
  const marks = [token, ...asked.map(({ toolCallId }) => toolCallKey(callId, toolCallId))];
  await it.operator.deadLetters.each(({ sequence, subject, data }) => {
    const isOurs = names({ data }, callId) || marks.some((mark) => subject.split('.').includes(mark));
    if (isOurs) messages.push({ stream: Streams.DeadLetters, sequence });
  });
  return {
    messages,
    floorSubject: Subjects.floor('*', token),
    keys: keysOf(callId, asked),
    unfinished: asked.filter(({ toolCallId }) => !finished.has(toolCallKey(callId, toolCallId))).length,
  };
}

/** Tool calls have no token of their call: they are looked through, those of all partitions if the call may have had another. */
async function partitionsOf(it: Installation, callId: string): Promise<number | '*'> {
  const { since } = await it.operator.partitions.read();
  const newest = await it.operator.reader.last(Streams.ToolCalls, Subjects.toolCallsOfPartition('*'));
  const isOld = newest === undefined || newest.storedAt - since > KEPT_MS;
  return isOld ? it.partitionOf(callId) : '*';
}

/** All keys under which something of the call can be. They are hashes, and cannot be found in the buckets by reading. */
function keysOf(callId: string, asked: readonly Asked[]): CallTraces['keys'] {
  const ledger = asked.flatMap(({ tool, toolCallId, arguments: args }) => [
    toolCallKey(callId, toolCallId),
    duplicateKey(callId, tool),
    ...(args === undefined ? [] : [duplicateKey(callId, tool, args)]),
  ]);
  return [
    { bucket: Buckets.Calls, key: callToken(callId) },
    { bucket: Buckets.Control, key: callToken(callId) },
    ...[...new Set(ledger)].map((key) => ({ bucket: Buckets.Ledger, key })),
  ];
}

function askedIn({ data, subject }: StoredMessage): Asked | undefined {
  try {
    const value = JSON.parse(Buffer.from(data).toString('utf8')) as Partial<Asked> | null;
    const tool = subject.split('.')[1];
    if (tool === undefined || typeof value?.toolCallId !== 'string') return undefined;
    return { ...value, tool, toolCallId: value.toolCallId };
  } catch {
    return undefined;
  }
}
