import { describe, expect, it } from '@jest/globals';
import { DEFAULT_SPEECH_SETTINGS } from '@interject/speech';
import { UsageError } from '../command-line.js';
import { combinationsOf, readSpeechOptions } from './speech-options.js';

describe('readSpeechOptions', () => {
  it('has defaults: 1,000 calls and our own settings', () => {
    expect(readSpeechOptions([])).toMatchObject({ calls: 1000, check: false, settings: DEFAULT_SPEECH_SETTINGS });
  });

  it('reads a sweep of several settings', () => {
    const { sweep, settings } = readSpeechOptions(['--sweep', 'quietMs=800,1000', 'replyGraceMs=1500', '--calls', '3']);
    expect(combinationsOf(sweep ?? new Map(), settings)).toEqual([
      { ...DEFAULT_SPEECH_SETTINGS, quietMs: 800, replyGraceMs: 1500 },
      { ...DEFAULT_SPEECH_SETTINGS, quietMs: 1000, replyGraceMs: 1500 },
    ]);
  });

  it('changes settings', () => {
    expect(readSpeechOptions(['--set', 'quietMs=1,maxHoldMs=2']).settings).toEqual({
      ...DEFAULT_SPEECH_SETTINGS,
      quietMs: 1,
      maxHoldMs: 2,
    });
  });

  it.each([
    [['again'], 'unexpected argument "again"'],
    [['--calls', '0'], '--calls must be a whole number'],
    [['--trace', '-1'], '--trace must be a whole number'],
    [['--sweep', 'quiet=1'], 'unknown setting "quiet"; known: quietMs'],
    [['--set', 'quietMs'], '"quietMs" must be like quietMs=1000'],
    [['--set', 'quietMs=ten'], 'quietMs must be a whole number'],
  ])('refuses %j', (args, message) => {
    const read = (): unknown => readSpeechOptions(args);
    expect(read).toThrow(UsageError);
    expect(read).toThrow(message);
  });
});
