import { toolCallKey } from '@interject/contracts';
import { describe, expect, it } from '@jest/globals';
import { CALL_ID, CallDriver, speaking, START, toolCall } from './call-driver.spec-kit.js';

describe('CallMachine: taking over', () => {
  const id = toolCallKey(CALL_ID, 'tc');
  const record = (state: 'sending' | 'heard' | 'interrupted' | 'undelivered', more: object = {}) => ({
    utteranceId: id,
    callId: CALL_ID,
    source: 'result' as const,
    class: 'result' as const,
    attempt: 1,
    state,
    times: { queuedAt: START },
    ...more,
  });

  function successor(recorded: ReturnType<typeof record>): CallDriver {
    const driver = new CallDriver({ recorded: new Map([[id, recorded]]), speaker: speaking() });
    const at = START - 1000;
    driver.machine.replay({ kind: 'status', fact: { callId: CALL_ID, status: 'in-progress', at } }, at);
    driver.machine.replay({ kind: 'tool-call', fact: toolCall('tc', at) }, at);
    const fact = {
      callId: CALL_ID,
      toolCallId: 'tc',
      tool: 'report',
      outcome: 'succeeded' as const,
      attempts: 1,
      requestedAt: at,
      at,
    };
    driver.machine.replay({ kind: 'result', fact: { ...fact, text: 'Ready.' } }, at);
    return driver.live().run(20_000);
  }

  it('does not repeat what a predecessor may have said', () => {
    const driver = successor(record('sending'));
    expect(driver.posts).toEqual([]);
    expect(driver.statesOf('tc')).toEqual(['unconfirmed']);
    expect(driver.done('post-context').length).toBe(1);
  });

  it('leaves final what is final', () => {
    const driver = successor(record('heard'));
    expect(driver.posts).toEqual([]);
    expect(driver.records).toEqual([]);
    expect(driver.machine.snapshot(driver.now).utterances[0]?.state).toBe('heard');
  });

  it('says again what was interrupted', () => {
    const driver = successor(record('interrupted', { final: false }));
    expect(driver.records.map(({ state, attempt }) => [state, attempt])).toEqual([
      ['sending', 2],
      ['heard', 2],
    ]);
  });

  it('publishes again that something was undelivered, because the predecessor may not have', () => {
    const driver = successor(record('undelivered', { reason: 'control-refused' }));
    expect(driver.done('publish-undelivered')[0]?.data).toMatchObject({ utteranceId: id, reason: 'control-refused' });
    expect(driver.records).toEqual([]);
  });
});
