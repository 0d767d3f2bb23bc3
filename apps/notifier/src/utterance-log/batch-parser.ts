import { isContractError, parse, parseJson, UtteranceBatch, UtteranceRecord } from '@interject/contracts';

export interface ParsedBatch {
  readonly batch: UtteranceBatch;
  /** Records of it that cannot be read. */
  readonly refused: readonly unknown[];
}

/**
 * A batch of the utterance log. A record that does not fit costs itself alone, not those that were appended with it.
 *
 * @throws ContractError when it is no batch
 */
export function parseBatch(data: Uint8Array): ParsedBatch {
  try {
    return { batch: parseJson(UtteranceBatch, data), refused: [] };
  } catch (error) {
    if (!isContractError(error)) throw error;
    return parseRecordByRecord(data, error);
  }
}

function parseRecordByRecord(data: Uint8Array, cause: unknown): ParsedBatch {
  const raw = objectOf(data);
  if (raw === undefined || !Array.isArray(raw['records'])) throw cause;
  const batch = parse(UtteranceBatch, { ...raw, records: [] });
  const refused: unknown[] = [];
  const records = raw['records'].flatMap((record: unknown) => {
    try {
      return [parse(UtteranceRecord, record)];
    } catch (error) {
      if (!isContractError(error)) throw error;
      refused.push(error);
      return [];
    }
  });
  return { batch: Object.assign(batch, { records }), refused };
}

function objectOf(data: Uint8Array): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('utf8'));
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
