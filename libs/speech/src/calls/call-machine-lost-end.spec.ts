import { describe, expect, it } from '@jest/globals';
import { CallDriver } from './call-driver.spec-kit.js';

/** A call of which it is told when the assistant begins to say what is POSTed, and never when that ends. */
function conversation(): CallDriver {
  const driver = new CallDriver({ speaker: (speaking) => speaking.floor(300, 'assistant', 'started') }).live();
  return driver.status(0, 'in-progress').turn(10, 'assistant', 1000).toolCall(20, 'tc', {}).run(5000);
}

describe('CallMachine: the end of its own speech is lost', () => {
  it('goes on when it must have been over for long', () => {
    const driver = conversation().toolCall(0, 'tc2').result(0, 'tc', 'First.').result(1, 'tc2', 'Second.');
    driver.run(15_000);
    const isOverAt = 5001 + 300 + 2 * (350 + 6 * 65) + 5000;
    expect(driver.said()).toEqual([
      [5001, 'First.'],
      [isOverAt + 1200 + 1, 'Second.'],
    ]);
    expect(driver.statesOf('tc')).toEqual(['sending', 'unconfirmed']);
  });

  it('does not take the caller for silent meanwhile', () => {
    const driver = conversation().toolCall(0, 'tc2').result(0, 'tc', 'First.').result(1, 'tc2', 'Second.');
    driver.turn(5000, 'caller', 8000).run(30_000);
    expect(driver.said()[1]).toEqual([5000 + 5000 + 8000 + 3000 + 1, 'Second.']);
  });
});
