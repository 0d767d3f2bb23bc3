import { describe, expect, it } from '@jest/globals';
import type { NormalizedToolCall } from '@interject/vapi';
import { aToolDefinition } from '@interject/testing';
import { ArgumentValidator } from '../registry/argument-validator.js';
import { decideToolCall, NO_WORKER } from './tool-call-decision.js';
import type { CalledTool } from './tool-call-decision.js';

const NOW = 1_790_000_000_000;

function tool(hasWorker = true): CalledTool {
  const definition = aToolDefinition();
  return { definition, validator: new ArgumentValidator(definition.parameters), hasWorker };
}

function toolCall(value: Record<string, unknown> = { region: 'north' }): NormalizedToolCall {
  return { toolCallId: 'call_1', tool: 'build_report', mode: 'async', arguments: { ok: true, value } };
}

describe('decideToolCall', () => {
  it('stores what fits', () => {
    const decision = decideToolCall('call', toolCall(), tool(), NOW);
    expect(decision).toMatchObject({ kind: 'store', event: { callId: 'call', requestedAt: NOW, graceMs: 0 } });
  });

  it('keeps the event of one that nobody would run: it may have been stored before', () => {
    const decision = decideToolCall('call', toolCall(), tool(false), NOW);
    expect(decision).toMatchObject({ kind: 'no-worker', event: { callId: 'call', toolCallId: 'call_1' } });
  });

  it.each<[string, string | undefined, NormalizedToolCall]>([
    ['arguments that do not fit', 'call', toolCall({ region: 7 })],
    ['no call', undefined, toolCall()],
  ])('does not ask for better where nothing would help: %s', (_, callId, asked) => {
    expect(decideToolCall(callId, asked, tool(), NOW)).toMatchObject({ kind: 'refuse' });
    expect(decideToolCall(callId, asked, tool(false), NOW)).toEqual({
      kind: 'refuse',
      disposition: 'no-worker',
      problem: NO_WORKER,
    });
  });

  it('does not know a tool nobody has registered', () => {
    expect(decideToolCall('call', toolCall(), undefined, NOW)).toMatchObject({ disposition: 'unknown-tool' });
  });
});
