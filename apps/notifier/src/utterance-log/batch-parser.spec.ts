import { describe, expect, it } from '@jest/globals';
import { parseBatch } from './batch-parser.js';

const record = { utteranceId: 'u', callId: 'c', source: 'result', class: 'result', state: 'heard', attempt: 1 };
const good = { ...record, times: { queuedAt: 1 } };
const batch = { owner: 'me', kind: 'records', checkpoint: { toolCalls: 1, callEvents: 2, utterances: 3 } };
const bytes = (value: unknown): Uint8Array => Buffer.from(JSON.stringify(value));

describe('parseBatch', () => {
  it('keeps the good records of a batch that has a bad one', () => {
    const bad = { ...good, state: 'whispered' };
    const { batch: parsed, refused } = parseBatch(bytes({ ...batch, records: [bad, good, null] }));
    expect(parsed.records).toEqual([good]);
    expect(parsed.checkpoint).toEqual(batch.checkpoint);
    expect(refused).toHaveLength(2);
  });

  it.each([['nothing'], [{ ...batch, owner: '', records: [] }], [{ ...batch, records: 'none' }]])(
    'refuses what is no batch',
    (value) => {
      expect(() => parseBatch(bytes(value))).toThrow();
    },
  );

  it('reads what an older notifier wrote', () => {
    const { batch: parsed } = parseBatch(bytes({ ...batch, records: [good] }));
    expect(parsed.carried).toBeUndefined();
    expect(parsed.checkpoint.carriedIn).toBeUndefined();
  });
});
