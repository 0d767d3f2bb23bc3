import { announcementKey, toolCallKey } from '@interject/contracts';
import { describe, expect, it } from '@jest/globals';
import { CALL_ID, CallDriver, speaking } from './call-driver.spec-kit.js';

/** A call in progress in which the caller talks for two seconds: what comes waits together. */
function busy(options: ConstructorParameters<typeof CallDriver>[0] = {}): CallDriver {
  const driver = new CallDriver({ speaker: speaking(), ...options }).live().status(0, 'in-progress');
  for (const id of ['a', 'b', 'c', 'd', 'e', 'f', 'g']) driver.toolCall(0, id);
  return driver.turn(10, 'assistant', 1000).run(5000).turn(0, 'caller', 2000);
}
const texts = (driver: CallDriver): string[] => driver.said().map(([, text]) => text);

describe('CallMachine: results that wait together', () => {
  it('are said together, in order, each with its own record', () => {
    const driver = busy().result(10, 'a', 'First').result(20, 'b', 'Second!').result(30, 'c', 'Third.').run(20_000);
    expect(texts(driver)).toEqual(['First. Second! Third.']);
    expect(driver.states()).toEqual({ a: 'heard', b: 'heard', c: 'heard' });
    const head = toolCallKey(CALL_ID, 'a');
    expect(driver.records.map(({ state, saidWith }) => [state, saidWith])).toEqual([
      ['sending', undefined],
      ['sending', head],
      ['sending', head],
      ['heard', undefined],
      ['heard', head],
      ['heard', head],
    ]);
  });

  it('are POSTed once all their records are stored', () => {
    const driver = busy({ recordDelayMs: (n) => (n === 1 ? 300 : 1) })
      .result(10, 'a', 'First.')
      .result(20, 'b', 'Second.')
      .run(20_000);
    expect(driver.said()).toEqual([[5000 + 2000 + 3000 + 300, 'First. Second.']]);
  });

  it('all wait again when one record took too long', () => {
    const driver = busy({ recordDelayMs: (n) => (n === 1 ? 1500 : 1) })
      .result(10, 'a', 'First.')
      .result(20, 'b', 'Second.')
      .run(20_000);
    expect(texts(driver)).toEqual(['First. Second.']);
    expect(driver.records.filter(({ final }) => final === false).length).toBe(2);
    expect(driver.states()).toEqual({ a: 'heard', b: 'heard' });
  });

  it('are said again after an interruption, one by one', () => {
    const driver = busy({
      speaker: (d) => {
        if (d.posts.length > 1) return void d.turn(300, 'assistant', 1500);
        d.floor(300, 'assistant', 'started').floor(600, 'caller', 'interrupted').floor(610, 'assistant', 'stopped');
      },
    });
    driver.result(10, 'a', 'First.').result(20, 'b', 'Second.').run(20_000);
    expect(texts(driver)).toEqual(['First. Second.', 'First.', 'Second.']);
    expect(driver.states()).toEqual({ a: 'heard', b: 'heard' });
  });

  it('are said again after an interruption from the one on that was cut off', () => {
    const first = 'The first result is this long sentence of seventy or so characters.';
    const driver = busy({
      speaker: (d) => {
        if (d.posts.length > 1) return void d.turn(300, 'assistant', 2500);
        const cutAt = 300 + first.length * 65 + 900;
        d.floor(300, 'assistant', 'started')
          .floor(cutAt, 'caller', 'interrupted')
          .floor(cutAt + 5, 'assistant', 'stopped');
      },
    });
    driver.result(10, 'a', first).result(20, 'b', 'The second one is about as long as that.').run(30_000);
    expect(texts(driver)).toEqual([
      `${first} The second one is about as long as that.`,
      'The second one is about as long as that.',
    ]);
    expect(driver.statesOf('a')).toEqual(['sending', 'heard']);
    expect(driver.statesOf('b')).toEqual(['sending', 'interrupted', 'sending', 'heard']);
  });

  it('are not said again as far as they were over, also without word of an interruption', () => {
    const first = 'The first result is this long sentence of seventy or so characters.';
    const second = 'The second one is about as long as that, give or take a few words.';
    const cutAt = 300 + first.length * 65 + 500;
    const driver = busy({
      speaker: (d) => {
        if (d.posts.length > 1) return void d.turn(300, 'assistant', 4000);
        d.floor(300, 'assistant', 'started').floor(cutAt - 200, 'caller', 'started');
        d.floor(cutAt, 'assistant', 'stopped').floor(cutAt + 1500, 'caller', 'stopped');
      },
    });
    driver.result(10, 'a', first).result(20, 'b', second).run(40_000);
    expect(texts(driver)).toEqual([`${first} ${second}`, second]);
    expect(driver.states()).toEqual({ a: 'heard', b: 'heard' });
  });

  it('are not said again as far as they were over when something urgent cuts in', () => {
    const first = 'The first result is this long sentence of seventy or so characters.';
    const second = 'The second one is about as long as that, give or take a few words.';
    const driver = busy({
      speaker: (d, post) => {
        const { message } = post;
        if (message.kind === 'say' && message.interruptAssistant) d.floor(50, 'assistant', 'stopped');
        d.turn(300, 'assistant', message.text.length * 65);
      },
    });
    driver.result(10, 'a', first).result(20, 'b', second);
    const cutAt = 2000 + 3000 + 300 + first.length * 65 + 900;
    driver.announcement(cutAt, 'alarm', 'Fire!', { class: 'urgent', timing: 'interrupt' }).run(60_000);
    expect(texts(driver)).toEqual([`${first} ${second}`, 'Fire!', second]);
  });

  it('are not more than five, nor longer than a minute', () => {
    const driver = busy();
    [...'abcdefg'].forEach((id, n) => driver.result(10 + n, id, `Result ${id}.`));
    driver.run(60_000);
    expect(texts(driver)).toEqual(['Result a. Result b. Result c. Result d. Result e.', 'Result f. Result g.']);
    const long = 'A sentence of some length. '.repeat(25).trim();
    const slow = busy().result(10, 'a', long).result(20, 'b', long).run(200_000);
    expect(slow.posts.length).toBe(2);
  });

  it('keep apart what is said otherwise: other timing, wording, or what the caller may not interrupt', () => {
    const driver = busy()
      .result(10, 'a', 'One.')
      .result(20, 'b', 'Two.', { callerMayInterrupt: false })
      .result(30, 'c', 'Three.')
      .run(60_000);
    expect(texts(driver)).toEqual(['One.', 'Two.', 'Three.']);
  });

  it('say last what hangs up, whenever it came', () => {
    const driver = busy()
      .announcement(5, 'bye', 'Goodbye.', { endCallAfter: true })
      .result(10, 'a', 'One.')
      .result(20, 'b', 'Two.')
      .run(60_000);
    expect(driver.posts.map(({ message }) => message)).toEqual([
      {
        kind: 'say',
        text: 'One. Two. Goodbye.',
        interruptAssistant: false,
        callerMayInterrupt: false,
        endCallAfter: true,
      },
    ]);
    expect(driver.states()[announcementKey(CALL_ID, 'bye')]).toBe('heard');
  });
});

describe('CallMachine: announcements are let in', () => {
  it('up to a hundred that wait, places that are kept included', () => {
    const driver = busy().run(100);
    const admit = (n: number): string => driver.machine.admit(announcementKey(CALL_ID, String(n)), driver.now);
    for (let n = 0; n < 60; n += 1) driver.announcement(0, String(n), `Number ${String(n)}.`);
    driver.run(1);
    expect(admit(0)).toBe('known');
    for (let n = 60; n < 100; n += 1) expect(admit(n)).toBe('admitted');
    expect(admit(100)).toBe('full');
    expect(admit(99)).toBe('admitted');
    driver.run(5000);
    expect(admit(100)).toBe('admitted');
  });

  it('not after the end of the call', () => {
    const driver = busy().ended(10).run(20);
    expect(driver.machine.admit('x', driver.now)).toBe('ended');
  });

  it('ends as undelivered what came past the bound by itself', () => {
    const driver = busy();
    for (let n = 0; n <= 100; n += 1) driver.announcement(1, String(n), `Number ${String(n)}.`);
    driver.run(100);
    const refused = driver.done('publish-undelivered').map(({ data }) => data.reason);
    expect(refused).toEqual(['queue-full']);
  });
});
