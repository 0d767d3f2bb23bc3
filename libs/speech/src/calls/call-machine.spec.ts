import { announcementKey } from '@interject/contracts';
import { describe, expect, it } from '@jest/globals';
import { CALL_ID, CallDriver, speaking, START, toolCall } from './call-driver.spec-kit.js';

/** A call in progress in which the assistant has greeted the caller: speech events are known. */
function conversation(options: ConstructorParameters<typeof CallDriver>[0] = {}): CallDriver {
  const driver = new CallDriver({ speaker: speaking(), ...options }).live();
  return driver.status(0, 'in-progress').turn(10, 'assistant', 1000).toolCall(20, 'tc', {}).run(5000);
}

describe('CallMachine: saying a result', () => {
  it('says it at once when nobody has talked for a while, and records that it was heard', () => {
    const driver = conversation().result(0, 'tc', 'Your report is ready.').run(10_000);
    expect(driver.said()).toEqual([[5001, 'Your report is ready.']]);
    expect(driver.statesOf('tc')).toEqual(['sending', 'heard']);
    const heard = driver.records[1];
    expect(heard?.times.speakingAt).toBe(START + 5301);
    expect(heard?.times.endedAt).toBe(START + 5301 + 21 * 65);
    expect(driver.done('append')[1]?.settlement).toEqual({
      state: 'heard',
      tool: 'report',
      outcome: 'succeeded',
      toHeardMs: 5301 + 21 * 65,
    });
  });

  it('waits for the caller to stop, for the assistant to answer and to finish, and for quiet', () => {
    const driver = conversation()
      .turn(0, 'caller', 3000)
      .result(500, 'tc', 'Ready.')
      .turn(3000 + 2000, 'assistant', 1500)
      .run(20_000);
    expect(driver.said()).toEqual([[5000 + 3000 + 2000 + 1500 + 1200 + 1, 'Ready.']]);
    expect(driver.records[0]?.times.heldAt).toBe(START + 5500);
  });

  it('takes the turn itself when the assistant does not answer the caller', () => {
    const driver = conversation().turn(0, 'caller', 3000).result(500, 'tc', 'Ready.').run(20_000);
    expect(driver.said()).toEqual([[5000 + 3000 + 3000 + 1, 'Ready.']]);
  });

  it('says two results one after the other, the second after quiet', () => {
    const driver = conversation().toolCall(0, 'tc2').result(0, 'tc', 'First.').result(1, 'tc2', 'Second.').run(20_000);
    const firstEnds = 5001 + 300 + 6 * 65;
    expect(driver.said()).toEqual([
      [5001, 'First.'],
      [firstEnds + 1200 + 1, 'Second.'],
    ]);
    expect(driver.states()).toEqual({ tc: 'heard', tc2: 'heard' });
  });

  it('says nothing for a result without words, and forgets that it was pending', () => {
    const driver = conversation().result(0, 'tc', undefined).run(10_000);
    expect(driver.posts).toEqual([]);
    expect(driver.machine.snapshot(driver.now).toolCalls).toMatchObject([{ toolCallId: 'tc', state: 'succeeded' }]);
  });

  it('ignores a second result', () => {
    const driver = conversation().result(0, 'tc', 'One.').result(1, 'tc', 'Two.').run(20_000);
    expect(driver.said().map(([, text]) => text)).toEqual(['One.']);
  });

  it('waits for the request of the tool call, so that its plan counts', () => {
    const late = toolCall('early', START, { speech: { wording: 'silent' } });
    const driver = conversation({ toolCalls: [late] })
      .result(0, 'early', 'Fact.')
      .run(1000);
    expect(driver.posts[0]?.message).toEqual({ kind: 'add-message', text: 'Fact.', triggersReply: false });
  });
});

describe('CallMachine: who may be talked over', () => {
  it('speaks after the longest hold although the caller talks, and waits a little for the end of that', () => {
    const driver = conversation().floor(0, 'caller', 'started').result(100, 'tc', 'Ready.').run(40_000);
    expect(driver.said()).toEqual([[5100 + 22_000 + 1, 'Ready.']]);
    const hushed = conversation().turn(0, 'caller', 20_600).result(100, 'tc', 'Ready.').run(40_000);
    expect(hushed.said()).toEqual([[5000 + 20_600 + 1, 'Ready.']]);
    const silent = conversation().turn(0, 'caller', 20_000).result(100, 'tc', 'Ready.').run(40_000);
    expect(silent.said()).toEqual([[5100 + 20_000 + 1, 'Ready.']]);
  });

  it.each([
    ['drop', 'undelivered', 0],
    ['silent', 'unconfirmed', 1],
  ] as const)('after the longest hold, policy %s ends %s', (onHoldExpired, state, posts) => {
    const driver = conversation()
      .floor(0, 'caller', 'started')
      .result(100, 'tc', 'Ready.', { onHoldExpired, maxHoldMs: 5000 })
      .run(40_000);
    expect(driver.states()).toEqual({ tc: state });
    expect(driver.posts.length).toBe(posts);
    if (posts > 0) expect(driver.posts[0]?.message).toMatchObject({ kind: 'add-message', triggersReply: false });
    else expect(driver.done('publish-undelivered')[0]?.data).toMatchObject({ reason: 'hold-policy', text: 'Ready.' });
  });

  it('cuts in when the plan says so', () => {
    const driver = conversation()
      .floor(0, 'caller', 'started')
      .result(100, 'tc', 'Fire!', { timing: 'interrupt', class: 'urgent', callerMayInterrupt: false })
      .run(300);
    expect(driver.posts[0]?.message).toEqual({
      kind: 'say',
      text: 'Fire!',
      interruptAssistant: true,
      callerMayInterrupt: false,
      endCallAfter: false,
    });
  });

  it('does not send when the caller begins while the record is being stored', () => {
    const driver = conversation({ recordDelayMs: () => 20 })
      .result(0, 'tc', 'Ready.')
      .turn(10, 'caller', 1000)
      .run(20_000);
    expect(driver.said()).toEqual([[5000 + 1010 + 3000 + 20, 'Ready.']]);
    // The second record tells whoever takes over that nothing was sent.
    expect(driver.statesOf('tc')).toEqual(['sending', 'sending', 'sending', 'heard']);
    expect(driver.records.map(({ final }) => final)).toEqual([undefined, false, undefined, undefined]);
  });

  it('does not write the request when the caller begins while the connection is being made', () => {
    const driver = conversation({ connectMs: (n) => (n === 0 ? 400 : 0) })
      .result(0, 'tc', 'Ready.')
      .turn(100, 'caller', 1000)
      .run(20_000);
    expect(driver.said().map(([, text]) => text)).toEqual(['Ready.']);
    expect(driver.said()[0]?.[0]).toBeGreaterThanOrEqual(5000 + 1100 + 3000);
    expect(driver.states()).toEqual({ tc: 'heard' });
  });

  it('begins nothing while ownership is in doubt', () => {
    let isSure = false;
    const driver = conversation({ machine: { mayBegin: () => isSure } })
      .result(0, 'tc', 'Ready.')
      .run(3000);
    expect(driver.records).toEqual([]);
    expect(driver.machine.isHeldBack).toBe(true);
    isSure = true;
    driver.give({ kind: 'tick' });
    driver.run(1000);
    expect(driver.machine.isHeldBack).toBe(false);
    expect(driver.said().map(([, text]) => text)).toEqual(['Ready.']);
  });

  it('lets the assistant finish before a message that makes it reply, even after the longest hold', () => {
    const driver = conversation()
      .floor(0, 'assistant', 'started')
      .result(0, 'tc', 'Ready.', { wording: 'assistant', maxHoldMs: 1000 })
      .floor(4000, 'assistant', 'stopped')
      .run(6000);
    expect(driver.said()).toEqual([[9001, 'Tell the caller now, in your own words: Ready.']]);
  });
});

describe('CallMachine: interruptions', () => {
  it('says it again after the caller cut it off, at most twice', () => {
    const cutOff = (driver: CallDriver): void => {
      driver.floor(300, 'assistant', 'started').floor(500, 'caller', 'started').floor(510, 'caller', 'interrupted');
      driver.floor(520, 'assistant', 'stopped').floor(1500, 'caller', 'stopped');
    };
    const driver = conversation({ speaker: cutOff }).result(0, 'tc', 'A rather long result.').run(60_000);
    expect(driver.statesOf('tc')).toEqual([
      'sending',
      'interrupted',
      'sending',
      'interrupted',
      'sending',
      'interrupted',
    ]);
    expect(driver.records.map((record) => record.final)).toEqual([
      undefined,
      false,
      undefined,
      false,
      undefined,
      undefined,
    ]);
    expect(driver.records.map((record) => record.attempt)).toEqual([1, 1, 2, 2, 3, 3]);
  });

  it('knows an interruption that is told after the "stopped"', () => {
    const speaker = (driver: CallDriver): void => {
      if (driver.posts.length > 1) return;
      driver
        .floor(300, 'assistant', 'started')
        .floor(900, 'assistant', 'stopped')
        .floor(905, 'caller', 'interrupted', 200);
    };
    const driver = conversation({ speaker }).result(0, 'tc', 'A result.', { onInterrupted: 'drop' }).run(5000);
    expect(driver.statesOf('tc')).toEqual(['sending', 'interrupted']);
  });

  it('lets an urgent utterance replace what is being said, and says that again', () => {
    const driver = conversation({
      speaker: (d, post) => {
        if (post.message.kind === 'say' && post.message.interruptAssistant) d.floor(100, 'assistant', 'stopped');
        d.turn(300, 'assistant', 2000);
      },
    })
      .result(0, 'tc', 'A rather long result of some words.')
      .announcement(1000, 'alarm', 'Fire!', { timing: 'interrupt', class: 'urgent' })
      .run(20_000);
    expect(driver.said().map(([, text]) => text)).toEqual([
      'A rather long result of some words.',
      'Fire!',
      'A rather long result of some words.',
    ]);
    expect(driver.states()).toEqual({ tc: 'heard', [announcementKey(CALL_ID, 'alarm')]: 'heard' });
  });
});

describe('CallMachine: without speech events', () => {
  it('does not take a text of the assistant for a speech event', () => {
    const driver = new CallDriver().live().status(0, 'in-progress').toolCall(0, 'a').result(5000, 'a', 'Ready.');
    const evidence = { source: 'history' as const, words: [1, 2, 3] };
    driver.in(4000, (at) => ({
      kind: 'floor',
      fact: { callId: CALL_ID, speaker: 'assistant', change: 'said', at, receivedAt: at, evidence },
    }));
    driver.run(20_000);
    expect(driver.said()[0]?.[0]).toBe(5000 + 2000 + 1);
  });

  it('waits a little, then keeps the estimated speaking time between utterances', () => {
    const driver = new CallDriver().live().toolCall(0, 'a').toolCall(0, 'b');
    driver.result(100, 'a', 'A first one').result(3000, 'b', 'Second.').run(60_000);
    const sentAt = 100 + 2000 + 1;
    const firstSaid = sentAt + 50 + 350 + 11 * 65;
    expect(driver.said()[0]).toEqual([expect.any(Number), 'A first one']);
    expect(driver.said()[1]?.[0]).toBeGreaterThanOrEqual(Math.max(firstSaid, 5000));
    expect(driver.said()[1]?.[0]).toBeLessThanOrEqual(Math.max(firstSaid, 5000) + 10);
    expect(driver.states()).toEqual({ a: 'unconfirmed', b: 'unconfirmed' });
    expect(driver.done('post-context').length).toBe(2);
  });
});

describe('CallMachine: what the control URL answers', () => {
  it('outlasts a burst of refusals', () => {
    const driver = conversation({ answer: (n) => ({ outcome: n < 4 ? 'throttled' : 'accepted', afterMs: 10 }) });
    driver.result(0, 'tc', 'Ready.').run(20_000);
    expect(driver.states()).toEqual({ tc: 'heard' });
    expect(driver.records.at(-1)?.attempt).toBe(1);
  });

  it.each(['throttled', 'unreachable'] as const)('tries six times in all when %s', (outcome) => {
    const driver = conversation({ answer: () => ({ outcome, afterMs: 10 }) })
      .result(0, 'tc', 'Ready.')
      .run(20_000);
    expect(driver.posts.length).toBe(6);
    expect(driver.states()).toEqual({ tc: 'undelivered' });
    expect(driver.done('publish-undelivered')[0]?.data.reason).toBe('control-unreachable');
    expect(driver.records.at(-1)?.attempt).toBe(0);
  });

  it('after an unknown outcome waits for speech, sends once more when there is none, then gives up', () => {
    const driver = conversation({ answer: () => ({ outcome: 'unknown', afterMs: 100 }), speaker: () => undefined });
    driver.result(0, 'tc', 'Ready.').run(60_000);
    expect(driver.said().map(([at]) => at)).toEqual([5001, 5001 + 100 + 12_000 + 1]);
    expect(driver.statesOf('tc')).toEqual(['sending', 'sending', 'unconfirmed']);
  });

  it('after an unknown outcome takes speech for its own', () => {
    const driver = conversation({ answer: () => ({ outcome: 'unknown', afterMs: 5000 }) })
      .result(0, 'tc', 'Ready.')
      .run(60_000);
    expect(driver.statesOf('tc')).toEqual(['sending', 'heard']);
  });

  it('never sends again what was accepted but not seen to be spoken', () => {
    const driver = conversation({ speaker: () => undefined })
      .result(0, 'tc', 'Ready.')
      .run(60_000);
    expect(driver.statesOf('tc')).toEqual(['sending', 'unconfirmed']);
    expect(driver.done('post-context').length).toBe(1);
  });

  it.each([
    ['refused', 'ended', 'call-ended'],
    ['refused', 'unknown', 'control-refused'],
    ['no-control-url', 'unknown', 'no-control-url'],
  ] as const)('%s, call %s: undelivered with reason %s', (outcome, lookUp, reason) => {
    const driver = conversation({ answer: () => ({ outcome, afterMs: 10 }), lookUp })
      .result(0, 'tc', 'Ready.')
      .run(60_000);
    expect(driver.posts.length).toBe(1);
    expect(driver.done('publish-undelivered').map((action) => action.data.reason)).toEqual([reason]);
  });

  it('does not POST when the log was slow, and tries again', () => {
    const driver = conversation({ recordDelayMs: (n) => (n === 0 ? 1500 : 1) })
      .result(0, 'tc', 'Ready.')
      .run(20_000);
    expect(driver.said()).toEqual([[5000 + 1500 + 250 + 1, 'Ready.']]);
  });
});

describe('CallMachine: status and end', () => {
  it('holds until the call is in progress and while it is forwarded', () => {
    const driver = new CallDriver({ speaker: speaking() }).live().status(0, 'ringing').toolCall(0, 'a');
    driver.result(10, 'a', 'Ready.').status(5000, 'forwarding').status(8000, 'in-progress').run(20_000);
    expect(driver.said()[0]?.[0]).toBe(8000 + 2000 + 1);
  });

  it('takes speech for a sign that the call is in progress, when the word of that was lost', () => {
    const driver = new CallDriver({ speaker: speaking() }).live().status(0, 'ringing').turn(1000, 'assistant', 1000);
    driver.announcement(1500, 'a', 'Ready.').run(20_000);
    expect(driver.said()).toEqual([[2000 + 1200 + 1, 'Ready.']]);
  });

  it('ends everything that waits as undelivered, publishes that, and closes', () => {
    const driver = conversation().floor(0, 'caller', 'started').result(10, 'tc', 'Ready.').ended(3000).run(5000);
    expect(driver.states()).toEqual({ tc: 'undelivered' });
    expect(driver.done('publish-undelivered')[0]?.data).toMatchObject({
      reason: 'call-ended',
      text: 'Ready.',
      toolCallId: 'tc',
    });
    expect(driver.done('write-summary')[0]?.summary).toMatchObject({
      status: 'ended',
      endedReason: 'customer-ended-call',
    });
    expect(driver.done('purge-control-url').length).toBe(1);
    expect(driver.isClosed).toBe(true);
  });

  it('ends what is being said as unconfirmed', () => {
    const driver = conversation().result(0, 'tc', 'A very long result that takes a while.').ended(1000).run(5000);
    expect(driver.statesOf('tc')).toEqual(['sending', 'unconfirmed']);
  });

  it('records a result after the end as undelivered, with or without words', () => {
    const driver = conversation()
      .toolCall(0, 'tc2')
      .ended(100)
      .result(3000, 'tc', 'Late.')
      .result(3001, 'tc2', undefined)
      .run(5000);
    expect(driver.states()).toEqual({ tc: 'undelivered', tc2: 'undelivered' });
    expect(driver.done('publish-undelivered').map((action) => action.data.text)).toEqual(['Late.', '']);
    expect(driver.isClosed).toBe(true);
  });

  it('publishes a timed-out result when no worker answers, and says what the tool has for that', () => {
    const driver = conversation()
      .toolCall(0, 'slow', { watchdogMs: 60_000, sayOnFailure: 'It took too long.' })
      .run(100_000);
    expect(driver.done('publish-result').map((action) => action.data.outcome)).toEqual(['timed-out']);
    expect(driver.said().map(([, text]) => text)).toEqual(['It took too long.']);
  });

  it('forgets a call that shows no life', () => {
    const driver = conversation().result(0, 'tc', 'Ready.').run(2_000_000);
    expect(driver.isClosed).toBe(true);
    expect(driver.done('write-summary')[0]?.summary).toMatchObject({ status: 'in-progress' });
  });
});

describe('CallMachine: order and classes', () => {
  it('says urgent ones first, then results, each as they came', () => {
    const driver = conversation().toolCall(0, 'b').toolCall(0, 'c').turn(0, 'caller', 2000);
    driver.result(10, 'tc', 'A').result(20, 'b', 'B').result(30, 'c', 'C', { class: 'urgent' }).run(60_000);
    expect(driver.said().map(([, text]) => text)).toEqual(['C. A. B']);
  });

  it('replaces a waiting one of class latest with the same key', () => {
    const driver = conversation().turn(0, 'caller', 2000);
    const speech = { class: 'latest', replaceKey: 'eta' } as const;
    driver.announcement(10, '1', 'Ten minutes.', speech).announcement(20, '2', 'Nine minutes.', speech);
    driver.announcement(30, '3', 'Rain.', { class: 'latest', replaceKey: 'weather' }).run(60_000);
    expect(driver.said().map(([, text]) => text)).toEqual(['Nine minutes. Rain.']);
    expect(driver.states()[announcementKey(CALL_ID, '1')]).toBe('replaced');
  });

  it('says only the last progress report of those that waited, with a gap, and none after the result', () => {
    const driver = conversation().turn(0, 'caller', 2000);
    driver
      .progress(10, 'tc', 1, 'p1')
      .progress(20, 'tc', 2, 'p2')
      .progress(5600, 'tc', 3, 'p3')
      .progress(5601, 'tc', 4, 'p4');
    driver.result(8000, 'tc', 'Done.').run(60_000);
    expect(driver.said().map(([, text]) => text)).toEqual(['p2', 'Done.']);
    expect(driver.done('publish-undelivered')).toEqual([]);
  });

  it('drops an announcement of class progress rather than force it on a busy floor', () => {
    const driver = conversation().turn(0, 'caller', 30_000).announcement(10, 'p', 'Half way.', { class: 'progress' });
    driver.run(60_000);
    expect(driver.posts).toEqual([]);
    expect(driver.records.at(-1)).toMatchObject({ state: 'undelivered', reason: 'hold-policy' });
  });

  it('lets an utterance expire that could not be said in time', () => {
    const driver = conversation()
      .status(0, 'forwarding')
      .result(10, 'tc', 'Ready.', { expiresInMs: 3000 })
      .status(5000, 'in-progress');
    driver.run(20_000);
    expect(driver.posts).toEqual([]);
    expect(driver.states()).toEqual({ tc: 'expired' });
  });
});

describe('CallMachine: sync tools and the ledger', () => {
  const sync = { mode: 'sync', graceMs: 3000 } as const;

  it('speaks at once what the gateway has given up to answer', () => {
    const driver = conversation({ claim: () => 'spoken' })
      .toolCall(0, 's', sync)
      .result(10, 's', 'Ready.')
      .run(1000);
    expect(driver.said().length).toBe(1);
  });

  it('claims it after the grace window when the gateway has not', () => {
    const driver = conversation().toolCall(0, 's', sync).result(10, 's', 'Ready.').run(20_000);
    expect(driver.said()[0]?.[0]).toBe(5010 + 3500 + 2 + 1);
  });

  it('ends as answered inline when the gateway did', () => {
    const driver = conversation({ claim: () => 'inline' })
      .toolCall(0, 's', sync)
      .result(10, 's', 'Ready.')
      .run(20_000);
    expect(driver.posts).toEqual([]);
    expect(driver.statesOf('s')).toEqual(['answered-inline']);
  });

  it('speaks it when the inline answer could not be written', () => {
    const driver = conversation({
      claim: (isClaiming) => (isClaiming ? 'inline' : (driverClaims.shift() ?? 'spoken')),
    });
    const driverClaims: ('none' | 'spoken')[] = ['none'];
    driver.toolCall(0, 's', sync).result(10, 's', 'Ready.').run(20_000);
    expect(driver.said()[0]?.[0]).toBe(5010 + 3500 + 2 + 2000 + 2 + 1);
  });
});
