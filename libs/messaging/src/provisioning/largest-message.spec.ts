import { describe, expect, it } from '@jest/globals';
import { EventFactory, EventTypes, MAX_ID_LENGTH, MAX_SPEECH_TEXT } from '@interject/contracts';
import type { UtteranceBatch, UtteranceRecord, UtteranceUndelivered } from '@interject/contracts';
import { EventHeaderWriter } from '../publishing/event-headers.js';
import { LARGEST_MESSAGE_BYTES } from './server-fitness.js';

/** What arguments and results may have, bytes of JSON. */
const MAX_JSON_BYTES = 256 * 1024;
/** Three bytes each in UTF-8. */
const ID = '話'.repeat(MAX_ID_LENGTH);
const MAX_BATCH = 64;

function bytesOf(data: object): number {
  const traceparent = `00-${'f'.repeat(32)}-${'f'.repeat(16)}-01`;
  const attributes = { id: 'i'.repeat(200), type: EventTypes.Undelivered, time: Date.now(), traceparent };
  const headers = new EventHeaderWriter('s'.repeat(63)).headers({ ...attributes, expectedLastSequence: 0 }).encode();
  return Buffer.byteLength(JSON.stringify(data)) + headers.length;
}

describe('the largest message', () => {
  it('is what could not be said, with arguments and result of its tool call', () => {
    const text = 'x'.repeat(MAX_JSON_BYTES - 2);
    const event: UtteranceUndelivered = {
      callId: ID,
      utteranceId: 'u'.repeat(200),
      reason: 'control-unreachable',
      text: '話'.repeat(MAX_SPEECH_TEXT),
      toolCallId: ID,
      tool: 't'.repeat(64),
      outcome: 'succeeded',
      data: text,
      arguments: { text: text.slice(11) },
      requestedAt: Date.now(),
      endedReason: 'e'.repeat(200),
      at: Date.now(),
    };
    const bytes = bytesOf(new EventFactory(16).undelivered(event).data);
    expect(bytes).toBeGreaterThan(2 * MAX_JSON_BYTES);
    expect(bytes).toBeLessThan(LARGEST_MESSAGE_BYTES);
  });

  it('is no batch of utterance records', () => {
    const at = Date.now();
    const record: UtteranceRecord = {
      utteranceId: 'u'.repeat(200),
      callId: ID,
      source: 'announcement',
      class: 'notification' as UtteranceRecord['class'],
      state: 'answered-inline',
      final: false,
      attempt: 99,
      reason: 'control-unreachable',
      tool: 't'.repeat(100),
      toolCallId: ID,
      saidWith: 'u'.repeat(200),
      times: { queuedAt: at, heldAt: at, sendingAt: at, sentAt: at, speakingAt: at, endedAt: at },
    };
    const batch: UtteranceBatch = {
      owner: 'o'.repeat(100),
      kind: 'records',
      checkpoint: { toolCalls: at, callEvents: at, utterances: at },
      records: Array.from({ length: MAX_BATCH }, () => record),
    };
    expect(bytesOf(batch)).toBeLessThan(LARGEST_MESSAGE_BYTES);
  });
});
