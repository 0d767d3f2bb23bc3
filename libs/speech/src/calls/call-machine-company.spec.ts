import { toolCallKey } from '@interject/contracts';
import type { Fillers } from '@interject/contracts';
import { describe, expect, it } from '@jest/globals';
import { CALL_ID, CallDriver, speaking, START } from './call-driver.spec-kit.js';

const fillers: Fillers = { texts: ['Still at it.', 'One moment more.'], afterMs: 5000, everyMs: 8000, max: 2 };

/** A call in progress; the assistant has spoken until 1,010 ms after the start. */
function waiting(more: Partial<Fillers> = {}, limits: object = {}): CallDriver {
  const driver = new CallDriver({ speaker: speaking() }).live();
  driver.in(0, {
    kind: 'status',
    fact: { callId: CALL_ID, status: 'in-progress', at: START, limits },
  });
  return driver.turn(10, 'assistant', 1000).toolCall(20, 'tc', { fillers: { ...fillers, ...more } });
}

describe('CallMachine: fillers', () => {
  it('are said after silence, in turn, up to their number, and not after the result', () => {
    const driver = waiting().run(60_000);
    const first = 1010 + 5000 + 1;
    const second = first + 300 + 12 * 65 + 8000 + 1;
    expect(driver.said()).toEqual([
      [first, 'Still at it.'],
      [second, 'One moment more.'],
    ]);
    expect(driver.records.filter(({ state }) => state === 'heard').map(({ source }) => source)).toEqual([
      'filler',
      'filler',
    ]);
    const quick = waiting().result(3000, 'tc', 'Ready.').run(60_000);
    expect(quick.said().map(([, text]) => text)).toEqual(['Ready.']);
  });

  it('wait for silence: not while somebody talks, nor within the time to reply', () => {
    const driver = waiting()
      .turn(4000, 'caller', 6000)
      .run(10_000 + 4999);
    expect(driver.posts).toEqual([]);
    driver.run(2);
    expect(driver.said().map(([, text]) => text)).toEqual(['Still at it.']);
  });

  it('are not said when the floor is unknown', () => {
    const driver = new CallDriver().live().status(0, 'in-progress').toolCall(20, 'tc', { fillers }).run(100_000);
    expect(driver.posts).toEqual([]);
  });

  it('do not keep a result waiting that was accepted but is not heard', () => {
    const driver = new CallDriver({
      speaker: (d, post) => {
        if (d.posts.length > 1) speaking()(d, post);
      },
    }).live();
    driver.status(0, 'in-progress').turn(10, 'assistant', 1000).toolCall(20, 'tc', { fillers });
    driver.result(6500, 'tc', 'Ready.').run(20_000);
    expect(driver.said()[1]).toEqual([1010 + 5000 + 1 + 50 + 3000 + 1, 'Ready.']);
    expect(driver.records.at(-1)).toMatchObject({ state: 'heard', source: 'result' });
  });

  it('that would come too late are not said', () => {
    const driver = waiting({}).status(5500, 'forwarding').status(30_000, 'in-progress').run(29_000);
    expect(driver.posts).toEqual([]);
  });
});

describe('CallMachine: fillers that are not needed any more', () => {
  it('are not said after the result, not even one without words', () => {
    const driver = new CallDriver({
      answer: (n) => ({ outcome: n === 0 ? 'throttled' : 'accepted', afterMs: 10 }),
    }).live();
    driver.status(0, 'in-progress').turn(10, 'assistant', 1000).toolCall(20, 'tc', { fillers });
    driver.result(6100, 'tc', undefined).run(20_000);
    expect(driver.posts.length).toBe(1);
    expect(driver.records.at(-1)).toMatchObject({ source: 'filler', state: 'replaced' });
  });

  it('go on counting after a change of owner', () => {
    const id = `${toolCallKey(CALL_ID, 'tc')}-f1`;
    const record = {
      utteranceId: id,
      callId: CALL_ID,
      source: 'filler' as const,
      class: 'progress' as const,
      state: 'heard' as const,
      attempt: 1,
      times: { queuedAt: START },
    };
    const driver = new CallDriver({ speaker: speaking(), recorded: new Map([[id, record]]) });
    driver.live().status(0, 'in-progress').turn(10, 'assistant', 1000).toolCall(20, 'tc', { fillers }).run(60_000);
    expect(driver.said().map(([, text]) => text)).toEqual(['One moment more.']);
  });
});

describe('CallMachine: limits of the call', () => {
  it('are noticed although a filler is due that may not be said', () => {
    const driver = waiting().toolCall(30, 'other').result(2000, 'other', 'Later.', {
      timing: 'next-turn',
      maxHoldMs: 120_000,
    });
    driver.run(40_000);
    expect(driver.done('limit-near').map(({ limit }) => limit)).toEqual(['silence']);
  });

  it('are told the caller even if the filler before was accepted and not heard', () => {
    const driver = new CallDriver({
      speaker: (d, post) => {
        if (post.message.text === 'I am still here.') speaking()(d, post);
      },
    }).live();
    driver.status(0, 'in-progress').turn(10, 'assistant', 1000);
    driver.toolCall(20, 'tc', { fillers: { ...fillers, afterMs: 19_000, onSilenceLimit: 'I am still here.' } });
    driver.run(30_000);
    expect(driver.said().map(([, text]) => text)).toEqual(['Still at it.', 'I am still here.']);
    expect(driver.records.at(-1)).toMatchObject({ source: 'filler', state: 'heard' });
  });

  it('tells once for each silence that Vapi is about to end the call, and says a line if the tool has one', () => {
    const driver = waiting({ max: 0, onSilenceLimit: 'I am still here.' }).run(40_000);
    expect(driver.said()[0]).toEqual([1010 + 30_000 - 8000 + 1, 'I am still here.']);
    expect(driver.done('limit-near').map(({ limit }) => limit)).toEqual(['silence']);
  });

  it('knows the limits that the call came with', () => {
    const driver = waiting({ max: 0 }, { silenceTimeoutMs: 12_000, maxDurationMs: 100_000 }).run(90_000);
    const near = driver.done('limit-near').map(({ limit }) => limit);
    expect(near).toEqual(['silence', 'duration']);
    expect(driver.posts).toEqual([]);
  });

  it('says nothing of it when no job runs', () => {
    const driver = waiting({ max: 0 }).result(100, 'tc', 'Ready.').run(700_000);
    expect(driver.done('limit-near')).toEqual([]);
  });
});
