import { describe, expect, it } from '@jest/globals';
import { callToken } from '@interject/contracts';
import { isOfCallAlone, neededFrom, rawBatch, withoutCall } from './redaction.js';
import type { RawBatch } from './redaction.js';

const batch = (fields: object, sequence = 7): RawBatch => {
  const data = Buffer.from(JSON.stringify(fields));
  const raw = rawBatch({ subject: 'utterances.1', sequence, storedAt: 5, headers: {}, data });
  if (raw === undefined) throw new Error('no batch');
  return raw;
};
const record = (callId: string) => ({ callId, utteranceId: `u-${callId}` });

describe('taking a call out of an utterance log', () => {
  it('keeps the records of the others, and where they come from', () => {
    const mixed = batch({
      owner: 'o',
      kind: 'records',
      records: [record('a'), record('b')],
      carried: [{ callId: 'a' }],
    });
    expect(withoutCall(mixed, 'a')).toEqual({
      owner: 'o',
      kind: 'records',
      records: [record('b')],
      redactedFrom: { subject: 'utterances.1', sequence: 7, storedAt: 5 },
    });
    expect(withoutCall(batch({ records: [record('a')] }), 'a')).toBeUndefined();
    const again = batch({ records: [record('a'), record('b')], redactedFrom: { sequence: 3 } });
    expect(withoutCall(again, 'a')).toMatchObject({ redactedFrom: { sequence: 3 } });
  });

  it.each([
    [{ records: [record('a')] }, true],
    [{ records: [record('a'), record('b')] }, false],
    [{ records: [record('a')], closed: [{ callToken: 't', before: 1 }] }, false],
    [{ records: [record('a')], closed: [{ callToken: callToken('a'), before: 1 }] }, true],
    [{ records: [record('a')], carried: [] }, false],
  ])('knows whether %j is of the call alone: %s', (fields, expected) => {
    expect(isOfCallAlone(batch(fields), 'a')).toBe(expected);
  });

  it.each([
    [{ checkpoint: { utterances: 40 } }, undefined, 40],
    [
      { checkpoint: { utterances: 40, carriedIn: 3 } },
      { carried: [{ start: { utterances: 12 } }, { start: { utterances: 20 } }] },
      12,
    ],
    [{ checkpoint: { utterances: 40 }, carried: [{ start: { utterances: 9 } }] }, undefined, 9],
    [{}, undefined, 1],
  ])('finds where owners may have to read from in %j and %j: %d', (last, list, from) => {
    expect(neededFrom(batch(last), list === undefined ? undefined : batch(list))).toBe(from);
  });
});
