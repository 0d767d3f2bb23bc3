import { describe, expect, it } from '@jest/globals';
import type { StreamInfo } from 'nats';
import { StorageType } from 'nats';
import { isMadeAnew } from './made-anew.js';

const READ_AT = Date.parse('2026-03-01T12:00:00.500Z');
const EARLIER = '2026-03-01T11:00:00.000000000Z';
const LATER = '2026-03-01T12:00:05.000000000Z';
const NEVER = '0001-01-01T00:00:00Z';

function stream(first_seq: number, last_seq: number, first_ts: string, storage = StorageType.File) {
  return { config: { storage }, state: { first_seq, last_seq, first_ts } } as Pick<StreamInfo, 'config' | 'state'>;
}

const read = (lastSequence: number, fromSequence = 1) => ({
  lastSequence,
  lastStoredAt: lastSequence === 0 ? 0 : READ_AT,
  fromSequence,
});

describe('isMadeAnew', () => {
  it.each([
    ['a memory stream, whatever is in it', stream(1, 900, EARLIER, StorageType.Memory), read(500), true],
    ['a file stream with all that was read and more', stream(1, 900, EARLIER), read(500), false],
    [
      'a file stream that begins with what was read last',
      stream(500, 900, '2026-03-01T12:00:00.500900Z'),
      read(500),
      false,
    ],
    ['a file stream of which all that was read has aged', stream(700, 900, LATER), read(500), false],
    ['a file stream that is empty, and counts on', stream(501, 500, NEVER), read(500), false],
    ['a new file stream with less in it', stream(1, 20, LATER), read(500), true],
    ['a new file stream that is empty', stream(0, 0, NEVER), read(500), true],
    ['a new file stream with more in it by now', stream(1, 900, LATER), read(500), true],
    ['nothing read, and the place to begin is there', stream(1, 500, EARLIER), read(0, 501), false],
    ['nothing read, and the place to begin is not there', stream(1, 20, LATER), read(0, 501), true],
    ['nothing read, from the start', stream(1, 20, LATER), read(0, 1), false],
  ])('%s', (_what, info, soFar, expected) => {
    expect(isMadeAnew(info, soFar)).toBe(expected);
  });
});
