import { CarriedCall, parse } from '@interject/contracts';
import type { CallSnapshot } from '@interject/speech';
import { describe, expect, it } from '@jest/globals';
import { carriedCallOf } from './carried-calls.js';

const start = { toolCalls: 3, callEvents: 4, utterances: 5 };

function call(more: Partial<CallSnapshot>): CallSnapshot {
  const nothing = { toolCalls: [], utterances: [] };
  return { found: true, callId: 'c', status: 'in-progress', floor: 'nobody', ...nothing, ...more };
}
const toolCall = (toolCallId: string, state: 'pending' | 'succeeded') =>
  ({ toolCallId, tool: 'report', state, requestedAt: 1 }) as const;
const utterance = (utteranceId: string, state: CallSnapshot['utterances'][number]['state'], attempt = 1) =>
  ({ utteranceId, source: 'result', class: 'result', state, attempt, times: { queuedAt: 1 } }) as const;

describe('a carried call', () => {
  it('names what is open, and the newest of what is settled', () => {
    const settled = Array.from({ length: 30 }, (_, i) => toolCall(`s${String(i)}`, 'succeeded'));
    const carried = carriedCallOf(call({ toolCalls: [toolCall('open', 'pending'), ...settled] }), start);
    expect(carried?.toolCalls).toHaveLength(21);
    expect(carried?.toolCalls[0]).toEqual({ tool: 'report', toolCallId: 'open' });
    expect(carried?.toolCalls.at(-1)).toEqual({ tool: 'report', toolCallId: 's29', hasResult: true });
    expect(parse(CarriedCall, carried)).toMatchObject({ callId: 'c', start });
  });

  it('says of utterances what the ledger does', () => {
    const utterances = [
      utterance('new', 'queued', 0),
      utterance('again', 'held', 1),
      utterance('flying', 'speaking', 2),
      utterance('done', 'heard'),
      { ...utterance('gone', 'undelivered'), reason: 'expired' as const },
    ];
    expect(carriedCallOf(call({ utterances }), start)?.records).toMatchObject([
      { utteranceId: 'again', state: 'interrupted', final: false, attempt: 1 },
      { utteranceId: 'flying', state: 'sending', attempt: 2 },
      { utteranceId: 'done', state: 'heard' },
      { utteranceId: 'gone', state: 'undelivered', reason: 'expired' },
    ]);
  });

  it('is none when too much of it is open', () => {
    const toolCalls = Array.from({ length: 300 }, (_, i) => toolCall(`t${String(i)}`, 'pending'));
    expect(carriedCallOf(call({ toolCalls }), start)).toBeUndefined();
  });
});
