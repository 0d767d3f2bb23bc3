import { describe, expect, it } from '@jest/globals';
import type { ToolCallFinished } from '@interject/contracts';
import { CALL_ID, toolCall } from './call-facts.spec-kit.js';
import { ToolCallBook } from './tool-call-book.js';

const NOW = 1_700_000_000_000;

function result(toolCallId: string): ToolCallFinished {
  return {
    callId: CALL_ID,
    toolCallId,
    tool: 'build_report',
    outcome: 'succeeded',
    text: 'Done.',
    attempts: 1,
    requestedAt: NOW,
    at: NOW + 500,
  };
}

function cancel(toolCallId: string) {
  return { callId: CALL_ID, toolCallId, reason: 'caller', at: NOW + 100 };
}

describe('ToolCallBook', () => {
  it('keeps of a request what is asked for, and nothing once its result has become an utterance', () => {
    const book = new ToolCallBook(CALL_ID);
    const request = { ...toolCall('a', NOW), sayOnFailure: 'That did not work.' };
    book.requested(request, NOW);
    expect(book.request('a')).toEqual({
      callId: CALL_ID,
      toolCallId: 'a',
      tool: request.tool,
      arguments: request.arguments,
      mode: request.mode,
      requestedAt: request.requestedAt,
      graceMs: request.graceMs,
      watchdogMs: request.watchdogMs,
      sayOnFailure: 'That did not work.',
    });
    book.release('a');
    expect(book.request('a')).toBeDefined();
    book.finished(result('a'));
    book.release('a');
    expect(book.request('a')).toBeUndefined();
    expect(book.isFinished('a')).toBe(true);
    expect(book.snapshot()).toEqual([
      {
        toolCallId: 'a',
        tool: request.tool,
        state: 'succeeded',
        requestedAt: request.requestedAt,
        finishedAt: NOW + 500,
      },
    ]);
  });

  it('does not wait again for a request that was released and comes once more', () => {
    const book = new ToolCallBook(CALL_ID);
    book.requested(toolCall('a', NOW), NOW);
    book.finished(result('a'));
    book.release('a');
    book.requested(toolCall('a', NOW), NOW + 1000);
    expect(book.hasPending).toBe(false);
    expect(book.nextWatchdogAt()).toBe(Infinity);
    expect(book.finished(result('a'))).toBe(false);
  });

  it('shows tool calls in the order of their requests, those without one last', () => {
    const book = new ToolCallBook(CALL_ID);
    book.finished(result('late'));
    book.requested(toolCall('a', NOW), NOW);
    book.finished(result('orphan'));
    book.requested(toolCall('b', NOW), NOW);
    book.requested(toolCall('late', NOW), NOW);
    expect(book.snapshot().map(({ toolCallId }) => toolCallId)).toEqual(['a', 'b', 'late', 'orphan']);
    expect(book.isEmpty).toBe(false);
  });

  it('takes a wish to cancel for no proof of a tool call', () => {
    const book = new ToolCallBook(CALL_ID);
    book.cancelRequested(cancel('a'));
    expect(book.isEmpty).toBe(true);
    expect(book.snapshot()).toEqual([]);
    book.requested(toolCall('a', NOW), NOW);
    expect(book.isCancelled('a')).toBe(true);
    expect(book.awaited).toEqual([]);
    expect(book.hasPending).toBe(true);
    expect(book.snapshot()[0]?.cancelRequestedAt).toBe(NOW + 100);
  });

  it('gives each overdue tool call once, by the time since which the owner has waited', () => {
    const book = new ToolCallBook(CALL_ID);
    const request = { ...toolCall('a', NOW - 60_000), watchdogMs: 5000 };
    book.requested(request, NOW);
    expect(book.awaited.map(({ since }) => since)).toEqual([NOW]);
    expect(book.nextWatchdogAt()).toBe(NOW + 5000);
    expect(book.takeOverdue(NOW + 4999)).toEqual([]);
    expect(book.takeOverdue(NOW + 5000)).toEqual([expect.objectContaining({ toolCallId: 'a', outcome: 'timed-out' })]);
    expect(book.takeOverdue(NOW + 9000)).toEqual([]);
    expect(book.hasPending).toBe(true);
  });
});
