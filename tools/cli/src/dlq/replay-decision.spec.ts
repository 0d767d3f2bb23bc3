import { describe, expect, it } from '@jest/globals';
import type { ToolCallRequested } from '@interject/contracts';
import { decideReplay, replayedToolCallId } from './replay-decision.js';

const NOW = 5000;
const request: ToolCallRequested = {
  callId: 'call-1',
  toolCallId: 'tool-call-1',
  tool: 'build_report',
  arguments: { region: 'north' },
  mode: 'sync',
  requestedAt: 1000,
  graceMs: 3000,
  queueExpiryMs: 10,
  watchdogMs: 20,
  onCallEnded: 'finish',
};
const content = { kind: 'tool-call', request } as const;
const live = { hasCallEnded: false, hasResult: false };
const plain = { speakAnyway: false, raw: false };

describe('decideReplay', () => {
  it('gives a tool call of a live call its time anew, under its own id', () => {
    expect(decideReplay(content, 'worker-build_report', live, plain, NOW)).toEqual({
      kind: 'tool-call',
      request: { ...request, requestedAt: NOW, graceMs: 0 },
      isNewToolCall: false,
      note: 'spoken',
    });
  });

  it('runs the job of an ended call silently, unless its words are wanted', () => {
    const ended = { ...live, hasCallEnded: true };
    expect(decideReplay(content, 'w', ended, plain, NOW)).toMatchObject({ request: { isSilent: true } });
    const wanted = decideReplay(content, 'w', ended, { ...plain, speakAnyway: true }, NOW);
    expect(wanted).toMatchObject({ kind: 'tool-call' });
    expect(wanted.kind === 'tool-call' && 'isSilent' in wanted.request).toBe(false);
  });

  it('forgets that an earlier replay was silent', () => {
    const silent = { kind: 'tool-call', request: { ...request, isSilent: true } } as const;
    const decision = decideReplay(silent, 'w', live, plain, NOW);
    expect(decision.kind === 'tool-call' && 'isSilent' in decision.request).toBe(false);
  });

  it('makes a new tool call of one that has its result', () => {
    expect(decideReplay(content, 'w', { ...live, hasResult: true }, plain, NOW)).toMatchObject({ isNewToolCall: true });
  });

  it('puts a fact about a call back for the one consumer that gave it up', () => {
    const event = { kind: 'call-event', callId: 'call-1', event: 'undelivered' } as const;
    expect(decideReplay(event, 'follow-up-worker-undelivered', live, plain, NOW)).toMatchObject({
      kind: 'as-it-is',
      replayFor: 'follow-up-worker-undelivered',
    });
  });

  it('leaves alone what it cannot read, unless it is told to', () => {
    const unreadable = { kind: 'unreadable', problems: ['tool must be a string'] } as const;
    expect(decideReplay(unreadable, 'w', live, plain, NOW)).toEqual({
      kind: 'refused',
      reason: 'this version cannot read it (tool must be a string): --raw puts it back as it is',
    });
    expect(decideReplay(unreadable, 'w', live, { ...plain, raw: true }, NOW)).toMatchObject({ kind: 'as-it-is' });
  });
});

describe('replayedToolCallId', () => {
  it('counts from the first id, not from the last replay', () => {
    expect(replayedToolCallId('abc', 1)).toBe('abc~replay-1');
    expect(replayedToolCallId('abc~replay-1', 2)).toBe('abc~replay-2');
  });
});
