import { describe, expect, it } from '@jest/globals';
import { CallDriver, speaking } from './call-driver.spec-kit.js';

/** A call in progress with one tool call, and a switch for its speech. */
function call(options: ConstructorParameters<typeof CallDriver>[0] = {}) {
  const mute = { isOn: false };
  const driver = new CallDriver({ speaker: speaking(), ...options, machine: { isMuted: () => mute.isOn } }).live();
  driver.status(0, 'in-progress').turn(10, 'assistant', 1000).toolCall(20, 'tc', {}).run(5000);
  return { driver, mute };
}

describe('CallMachine: speech that is switched off', () => {
  it('keeps a result until it is switched on, and says it then as if it had just come', () => {
    const { driver, mute } = call();
    mute.isOn = true;
    driver.result(0, 'tc', 'Your report is ready.').run(60_000);
    expect(driver.said()).toEqual([]);
    expect(driver.records).toEqual([]);
    expect(driver.machine.isSilenced).toBe(true);
    expect(driver.machine.isHeldBack).toBe(false);
    expect(driver.machine.snapshot(driver.now)).toMatchObject({ isMuted: true, utterances: [{ waitsFor: 'muted' }] });
    mute.isOn = false;
    driver.in(0, { kind: 'tick' }).run(30_000);
    expect(driver.said()).toEqual([[65_001, 'Your report is ready.']]);
    expect(driver.statesOf('tc')).toEqual(['sending', 'heard']);
    expect(driver.machine.snapshot(driver.now)).not.toHaveProperty('isMuted');
  });

  it('does not count the time as a hold: nobody is talked over when it is switched on', () => {
    const { driver, mute } = call();
    driver.turn(0, 'caller', 8000).result(100, 'tc', 'Your report is ready.').run(5000);
    expect(driver.machine.snapshot(driver.now).utterances).toMatchObject([{ state: 'held' }]);
    mute.isOn = true;
    driver.in(0, { kind: 'tick' }).floor(58_000, 'caller', 'started').run(60_000);
    mute.isOn = false;
    driver.in(0, { kind: 'tick' }).run(3000);
    expect(driver.said()).toEqual([]);
    driver.floor(0, 'caller', 'stopped').run(30_000);
    expect(driver.said()).toHaveLength(1);
  });

  it.each([
    ['is not fresh any more', (driver: CallDriver) => driver.run(700_000)],
    ['was for a call that has ended', (driver: CallDriver) => driver.ended(1000).run(10_000)],
  ])('records what %s as undelivered, with the reason', (_what, wait) => {
    const { driver, mute } = call();
    mute.isOn = true;
    wait(driver.result(0, 'tc', 'Your report is ready.'));
    expect(driver.said()).toEqual([]);
    expect(driver.records.map(({ state, reason }) => [state, reason])).toEqual([['undelivered', 'muted']]);
    expect(driver.done('publish-undelivered').map(({ data }) => data.reason)).toEqual(['muted']);
  });

  it('holds between the record and the POST, and between the connection and the request', () => {
    const { driver, mute } = call({ connectMs: () => 500 });
    driver.result(0, 'tc', 'Your report is ready.').run(100);
    expect(driver.statesOf('tc')).toEqual(['sending']);
    mute.isOn = true;
    driver.run(10_000);
    expect(driver.said()).toEqual([]);
    expect(driver.records.map(({ state, final }) => [state, final])).toEqual([
      ['sending', undefined],
      ['sending', false],
    ]);
    mute.isOn = false;
    driver.in(0, { kind: 'tick' }).run(30_000);
    expect(driver.said()).toHaveLength(1);
    expect(driver.statesOf('tc').at(-1)).toBe('heard');
  });

  it('follows to its end what is being said', () => {
    const { driver, mute } = call();
    driver.result(0, 'tc', 'Your report is ready.').run(1000);
    expect(driver.said()).toHaveLength(1);
    mute.isOn = true;
    driver.in(0, { kind: 'tick' }).run(20_000);
    expect(driver.statesOf('tc')).toEqual(['sending', 'heard']);
  });

  it('begins no words to bridge a wait', () => {
    const { driver, mute } = call();
    mute.isOn = true;
    driver
      .toolCall(0, 'slow', { fillers: { texts: ['Still at it.'], afterMs: 1000, everyMs: 5000, max: 3 } })
      .run(30_000);
    expect(driver.said()).toEqual([]);
  });
});
