import { callToken } from '@interject/contracts';
import type { StoredMessage } from '@interject/messaging';

/** A batch of an utterance log, read as far as redaction needs it: what is not understood stays as it is. */
export interface RawBatch {
  readonly message: StoredMessage;
  readonly fields: Readonly<Record<string, unknown>>;
}

interface OfCall {
  readonly callId?: unknown;
  readonly callToken?: unknown;
}

/** @returns undefined when it is no JSON object */
export function rawBatch(message: StoredMessage): RawBatch | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(message.data).toString('utf8'));
    if (typeof value !== 'object' || value === null) return undefined;
    return { message, fields: value as Record<string, unknown> };
  } catch {
    return undefined;
  }
}

/**
 * What is to stay of a batch for audit when a call is taken out of it: the records of the others. The list of carried calls
 * is none of that, it is a help for successors.
 *
 * @returns undefined when nothing is left
 */
export function withoutCall({ message, fields }: RawBatch, callId: string): object | undefined {
  const records = listIn(fields, 'records').filter((record) => (record as OfCall).callId !== callId);
  if (records.length === 0) return undefined;
  const { owner, kind } = fields;
  const from = { subject: message.subject, sequence: message.sequence, storedAt: message.storedAt };
  return { redactedFrom: fields['redactedFrom'] ?? from, owner, kind, records };
}

/** True if a successor needs nothing of it but what is of this call, its checkpoint apart. */
export function isOfCallAlone({ fields }: RawBatch, callId: string): boolean {
  const token = callToken(callId);
  return (
    listIn(fields, 'records').every((record) => (record as OfCall).callId === callId) &&
    listIn(fields, 'closed').every((closed) => (closed as OfCall).callToken === token) &&
    fields['carried'] === undefined
  );
}

/**
 * Sequence below which no owner of the partition will ever read: the last batch's checkpoint, or where the oldest of the
 * calls that it carries began, since the checkpoint goes back to there when such a call is not carried any more.
 *
 * @param last the last batch of the log @param list the batch with its carried calls, if that is another one
 */
export function neededFrom(last: RawBatch, list: RawBatch | undefined): number {
  const checkpoint = objectIn(last.fields, 'checkpoint');
  const carried = listIn((list ?? last).fields, 'carried');
  const starts = carried.map((call) => numberIn(objectIn(call as Record<string, unknown>, 'start'), 'utterances'));
  return Math.min(numberIn(checkpoint, 'utterances'), ...starts);
}

/** Sequence of the batch with the carried calls. */
export function carriedIn({ fields }: RawBatch): number | undefined {
  const sequence = objectIn(fields, 'checkpoint')['carriedIn'];
  return typeof sequence === 'number' ? sequence : undefined;
}

function listIn(fields: Readonly<Record<string, unknown>>, name: string): readonly object[] {
  const value = fields[name];
  const items: readonly unknown[] = Array.isArray(value) ? value : [];
  return items.filter((item): item is object => typeof item === 'object' && item !== null);
}

function objectIn(fields: Readonly<Record<string, unknown>>, name: string): Readonly<Record<string, unknown>> {
  const value = fields[name];
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

/** Unknown means: from the start. */
function numberIn(fields: Readonly<Record<string, unknown>>, name: string): number {
  const value = fields[name];
  return typeof value === 'number' ? value : 1;
}
