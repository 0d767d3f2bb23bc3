import { announcementKey } from '@interject/contracts';
import { describe, expect, it } from '@jest/globals';
import { CALL_ID, CallDriver, speaking } from './call-driver.spec-kit.js';

/** A call in progress in which the assistant has greeted the caller: speech events are known. */
function conversation(options: ConstructorParameters<typeof CallDriver>[0] = {}): CallDriver {
  const driver = new CallDriver({ speaker: speaking(), ...options }).live();
  return driver.status(0, 'in-progress').turn(10, 'assistant', 1000).toolCall(20, 'tc', {}).run(5000);
}

describe('CallMachine: speech that cuts in', () => {
  const cutIn = { timing: 'interrupt', class: 'urgent' } as const;
  const REPORT = 'A rather long result of some words.';

  it.each([100, 300, 499])('does not have said again what had just ended, %d ms ago', (ms) => {
    const endsAt = 2 + 300 + REPORT.length * 65;
    const driver = conversation()
      .result(0, 'tc', REPORT)
      .announcement(endsAt + ms, 'taxi', 'Your taxi.', cutIn);
    driver.run(30_000);
    expect(driver.said().map(([, text]) => text)).toEqual([REPORT, 'Your taxi.']);
    expect(driver.states()['tc']).toBe('heard');
  });

  it.each(['unreachable', 'throttled', 'refused'] as const)('lets go on what it was to replace when %s', (outcome) => {
    const driver = conversation({ answer: (n) => ({ outcome: n === 0 ? 'accepted' : outcome, afterMs: 50 }) });
    driver.result(0, 'tc', REPORT).announcement(1500, 'taxi', 'Your taxi.', cutIn).run(60_000);
    expect(driver.said().filter(([, text]) => text === REPORT).length).toBe(1);
    expect(driver.statesOf('tc')).toEqual(['sending', 'heard']);
    expect(driver.states()[announcementKey(CALL_ID, 'taxi')]).toBe('undelivered');
  });

  it('lets what was accepted just before begin first', () => {
    const driver = conversation({
      speaker: (d, post) => {
        if (post.message.kind === 'say' && post.message.interruptAssistant) d.floor(50, 'assistant', 'stopped');
        speaking()(d, post);
      },
    });
    driver.result(0, 'tc', REPORT).announcement(200, 'taxi', 'Your taxi.', cutIn).run(60_000);
    expect(driver.said().map(([, text]) => text)).toEqual([REPORT, 'Your taxi.', REPORT]);
    expect(driver.said()[1]?.[0]).toBeGreaterThanOrEqual(5000 + 300);
    expect(driver.states()['tc']).toBe('heard');
  });

  it('takes a short text for heard when the caller begins to talk on its last syllable', () => {
    const driver = conversation({
      speaker: (d) => void d.turn(300, 'assistant', 375).turn(300 + 375 - 150, 'caller', 1500),
    });
    driver.result(0, 'tc', 'Done.').run(30_000);
    expect(driver.statesOf('tc')).toEqual(['sending', 'heard']);
  });
});
