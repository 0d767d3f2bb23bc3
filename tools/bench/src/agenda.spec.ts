import { describe, expect, it } from '@jest/globals';
import { Agenda } from './agenda.js';
import { Random } from './random/random.js';

describe('Agenda', () => {
  it('does things in order of time, and in order of planning at the same time', () => {
    const agenda = new Agenda(0);
    const random = new Random('agenda');
    const done: [number, number][] = [];
    for (let i = 0; i < 500; i += 1) {
      const time = random.integer(0, 50);
      agenda.at(time, () => void done.push([agenda.now, i]));
    }
    agenda.runUntil(100);
    expect(done).toHaveLength(500);
    expect(done).toEqual([...done].sort(([at, i], [otherAt, other]) => at - otherAt || i - other));
    expect(agenda.now).toBe(100);
  });

  it('forgets what was cancelled, does what is past at once and what lies beyond the end not at all', () => {
    const agenda = new Agenda(10);
    const done: string[] = [];
    agenda.cancel(agenda.at(11, () => void done.push('cancelled')));
    agenda.at(5, () => void done.push(`past at ${String(agenda.now)}`));
    agenda.in(20, () => void done.push('beyond'));
    expect(agenda.nextAt).toBe(10);
    agenda.runUntil(29);
    expect(done).toEqual(['past at 10']);
    agenda.runUntil(30);
    expect(done).toEqual(['past at 10', 'beyond']);
    expect(agenda.nextAt).toBe(Infinity);
  });
});
