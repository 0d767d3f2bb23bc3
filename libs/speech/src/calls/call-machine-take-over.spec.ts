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

describe('CallMachine: taking over, and the floor', () => {
  const at = START - 60_000;
  const announcement = { callId: CALL_ID, announcementId: 'a', text: 'Ready.', at: START };
  const status = { callId: CALL_ID, status: 'in-progress' as const, at };

  it('waits longer when it cannot know who was talking, until speech events tell', () => {
    const machine = { floorSince: START - 1000 };
    const driver = new CallDriver({ speaker: speaking(), machine });
    driver.machine.replay({ kind: 'status', fact: status }, at);
    driver.live().in(0, { kind: 'announcement', fact: announcement });
    driver.floor(3000, 'caller', 'stopped').run(20_000);
    expect(driver.said()[0]?.[0]).toBe(3000 + 3000 + 1);
    const blind = new CallDriver({ machine });
    blind.machine.replay({ kind: 'status', fact: status }, at);
    blind.live().in(0, { kind: 'announcement', fact: announcement }).run(20_000);
    // However often the call changed its owner since: nobody has begun or ceased to speak for 5 s.
    expect(blind.said()[0]?.[0]).toBe(5000 - 1000 + 1);
    // Nothing was lost: the call just shows no speech events.
    const silent = new CallDriver({ machine: { floorSince: at - 1000 } });
    silent.machine.replay({ kind: 'status', fact: status }, at);
    silent.live().in(0, { kind: 'announcement', fact: announcement }).run(20_000);
    expect(silent.said()[0]?.[0]).toBe(2000 + 1);
  });

  it('goes on with the floor that the same process knew', () => {
    const before = new CallDriver().live().status(0, 'in-progress').floor(0, 'caller', 'started').run(100);
    const floor = before.machine.floorState();
    const driver = new CallDriver({
      speaker: speaking(),
      ...(floor === undefined ? {} : { machine: { floor, floorSince: START } }),
    });
    driver.machine.replay({ kind: 'status', fact: status }, at);
    driver.live().in(0, { kind: 'announcement', fact: announcement });
    driver.floor(9000, 'caller', 'stopped').run(20_000);
    expect(driver.said()[0]?.[0]).toBe(9000 + 3000 + 1);
  });
});

describe('CallMachine: a call that lasts for long', () => {
  const result = (toolCallId: string) => ({
    callId: CALL_ID,
    toolCallId,
    tool: 'report',
    outcome: 'succeeded' as const,
    attempts: 1,
    requestedAt: START,
    at: START,
  });

  it('remembers the newest 500 of its tool calls, and every one that is pending', () => {
    const driver = new CallDriver().live().status(0, 'in-progress');
    driver.in(0, { kind: 'tool-call', fact: toolCall('pending', START) });
    for (let i = 0; i < 600; i += 1) {
      driver.in(0, { kind: 'tool-call', fact: toolCall(`t${String(i)}`, START) });
      driver.in(0, { kind: 'result', fact: result(`t${String(i)}`) });
    }
    driver.run(10);
    const ids = driver.machine.snapshot(driver.now).toolCalls.map(({ toolCallId }) => toolCallId);
    expect(ids).toHaveLength(500);
    expect(ids.slice(0, 2)).toEqual(['pending', 't101']);
  });

  it('is forgotten after 15 minutes without a fact, but not while a tool call is pending', () => {
    const driver = new CallDriver()
      .live()
      .status(0, 'in-progress')
      .run(16 * 60_000);
    expect(driver.done('close')).toHaveLength(1);
    const waiting = new CallDriver().live().status(0, 'in-progress');
    waiting.in(0, { kind: 'tool-call', fact: toolCall('tc', START) }).run(60_000);
    expect(waiting.done('close')).toHaveLength(0);
  });
});
