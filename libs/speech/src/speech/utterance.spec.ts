import { describe, expect, it } from '@jest/globals';
import { DEFAULT_SPEECH_PLAN } from '@interject/contracts';
import { Utterance } from './utterance.js';

const NOW = 1_700_000_000_000;

function utterance(): Utterance {
  const content = {
    id: 'key',
    callId: 'call',
    source: 'result',
    text: 'The report is ready.',
    plan: DEFAULT_SPEECH_PLAN,
    queuedAt: NOW,
    tool: 'build_report',
    toolCallId: 'a',
    data: { rows: [1, 2, 3] },
    arguments: { region: 'north' },
  } as const;
  return new Utterance(content, 0);
}

describe('release', () => {
  it('lets words and data go once it has come to its end', () => {
    const one = utterance();
    expect(one.words).toBe('The report is ready.');
    one.state = 'heard';
    one.release();
    expect(one.content).toEqual({
      id: 'key',
      callId: 'call',
      source: 'result',
      text: '',
      plan: DEFAULT_SPEECH_PLAN,
      queuedAt: NOW,
      tool: 'build_report',
      toolCallId: 'a',
    });
    expect(one.toRecord('heard')).toMatchObject({ utteranceId: 'key', state: 'heard', tool: 'build_report' });
  });

  it.each(['preparing', 'queued', 'held', 'sending', 'sent', 'speaking'] as const)(
    'keeps them while it is %s',
    (state) => {
      const one = utterance();
      one.state = state;
      one.release();
      expect(one.words).toBe('The report is ready.');
      expect(one.content.data).toEqual({ rows: [1, 2, 3] });
    },
  );
});
