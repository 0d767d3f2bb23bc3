import { describe, expect, it } from '@jest/globals';
import type { ToldSpeech } from '../vapi/crowd-call.js';
import { hearingIn, isBlurred } from './hearing.js';

const told = (more: Partial<ToldSpeech> = {}): ToldSpeech[] => [{ from: 1000, key: 'key', isTaken: true, ...more }];
const stored = (): boolean => true;
const notStored = (): boolean => false;
const around = { from: 500, until: 1500 };

describe('what the notifier could hear', () => {
  it('is clear when all was taken soon and stored', () => {
    expect(hearingIn(told(), stored, around)).toBe('clear');
    expect(isBlurred(told(), stored, around)).toBe(false);
  });

  it.each<[string, ToldSpeech[], () => boolean, 'late' | 'lost']>([
    ['answered 200, and not stored', told(), notStored, 'lost'],
    ['taken late', told({ unsureUntil: 1700 }), stored, 'late'],
    ['never taken', told({ isTaken: false, unsureUntil: 12_000 }), notStored, 'late'],
  ])('is not when a change was %s', (_, all, hasFloor, hearing) => {
    expect(hearingIn(all, hasFloor, around)).toBe(hearing);
    expect(isBlurred(all, hasFloor, around)).toBe(true);
  });

  it('is clear again when that is long ago, or yet to come', () => {
    const late = told({ unsureUntil: 1700 });
    expect(hearingIn(late, stored, { from: 1700 + 4001, until: 9000 })).toBe('clear');
    expect(hearingIn(late, stored, { from: 500, until: 999 })).toBe('clear');
    expect(hearingIn(told(), notStored, { from: 9001, until: 9500 })).toBe('clear');
  });

  it('blurs what is said only while it is not known', () => {
    const late = told({ unsureUntil: 1700 });
    expect(isBlurred(late, stored, { from: 1701, until: 2000 })).toBe(false);
    expect(isBlurred(late, stored, { from: 500, until: 999 })).toBe(false);
    expect(isBlurred(late, stored, { from: 1699, until: 2000 })).toBe(true);
  });
});
