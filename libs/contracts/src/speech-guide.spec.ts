import 'reflect-metadata';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { getMetadataStorage } from 'class-validator';
import { RecordedStates } from './events/utterance-records.js';
import { UndeliveredReasons } from './events/call-events.js';
import {
  DEFAULT_SPEECH_PLAN,
  HoldPolicies,
  InterruptionPolicies,
  SpeechClasses,
  SpeechPlan,
  SpeechTimings,
  SpeechWordings,
  UnconfirmedPolicies,
} from './events/speech-plan.js';

const root = join(import.meta.dirname, '../../..');
const guide = readFileSync(join(root, 'docs/guides/speech.md'), 'utf8');
const scenarios = readdirSync(join(root, 'apps/vapi-simulator/scenarios/speech')).filter((name) =>
  name.endsWith('.yaml'),
);

/** The row of the plan's table that begins with a field. */
function row(field: string): string {
  return guide.split('\n').find((line) => line.startsWith(`| \`${field}\``)) ?? '';
}

describe('docs/guides/speech.md', () => {
  it('names scenarios that exist, and each of them', () => {
    const named = [...guide.matchAll(/(?<![\w.-])([a-z][a-z-]*\.yaml)\b/g)].map(([, name]) => name);
    expect([...new Set(named)].sort()).toEqual(scenarios.sort());
  });

  const fields = getMetadataStorage()
    .getTargetValidationMetadatas(SpeechPlan, '', false, false)
    .map(({ propertyName }) => propertyName);

  it.each([...new Set(fields)])('has a row for the field %s', (field) => {
    expect(row(field)).not.toBe('');
  });

  it.each([
    ['timing', SpeechTimings],
    ['wording', SpeechWordings],
    ['class', SpeechClasses],
    ['onHoldExpired', HoldPolicies],
    ['onInterrupted', InterruptionPolicies],
    ['onUnconfirmed', UnconfirmedPolicies],
  ] as const)('lists each value of %s, and tells of it below', (field, values) => {
    for (const value of values) {
      expect(row(field)).toContain(`\`${value}\``);
      expect(guide).toMatch(new RegExp(`\\*\\*\`(${field}: )?${value}\`\\*\\*`));
    }
  });

  it.each(Object.entries(DEFAULT_SPEECH_PLAN))('knows the default of %s', (field, value) => {
    const cells = row(field).split('|');
    expect(cells[3]).toContain(String(value));
  });

  it.each([...RecordedStates, ...UndeliveredReasons])('explains %s', (word) => {
    expect(guide).toContain(`\`${word}\``);
  });
});
