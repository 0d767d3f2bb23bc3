import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { alertRules, RULES } from '../reference/monitoring-files.mjs';
import { alertsIn, ruleFaults, targetFaults } from './monitoring-faults.mjs';

const up = { labels: { job: 'gateway', instance: '172.18.0.5:9100' }, health: 'up', lastError: '' };

describe('targetFaults', () => {
  it('is content with targets that are up, of all wanted jobs', () => {
    expect(targetFaults([up, { ...up, labels: { job: 'notifier', instance: 'b' } }], ['gateway', 'notifier'])).toEqual(
      [],
    );
  });

  it('names what is down, what was not scraped yet, and what is not there', () => {
    const targets = [
      up,
      { labels: { job: 'notifier', instance: 'b:9101' }, health: 'down', lastError: 'connection refused' },
      { labels: { job: 'http-worker', instance: 'c:9110' }, health: 'unknown', lastError: '' },
    ];
    expect(targetFaults(targets, ['gateway', 'follow-up-worker'])).toEqual([
      'follow-up-worker: no target',
      'notifier b:9101: connection refused',
      'http-worker c:9110: unknown',
    ]);
  });
});

describe('ruleFaults', () => {
  const rule = { name: 'A', type: 'alerting', health: 'ok', state: 'inactive' };

  it('is content with rules that are loaded and evaluated, firing or not', () => {
    expect(ruleFaults([rule, { ...rule, name: 'B', state: 'firing' }], ['A', 'B'])).toEqual([]);
  });

  it('names what is missing and what fails', () => {
    const rules = [
      { ...rule, name: 'B', health: 'err', lastError: 'many-to-many' },
      { ...rule, name: 'C', health: 'unknown' },
    ];
    expect(ruleFaults(rules, ['A', 'B', 'C'])).toEqual([
      'A: not loaded',
      'B: many-to-many',
      'C: not evaluated yet (unknown)',
    ]);
  });

  it('does not take a recording rule for an alert of that name', () => {
    expect(ruleFaults([{ ...rule, type: 'recording' }], ['A'])).toEqual(['A: not loaded']);
  });
});

describe('alertsIn', () => {
  it('finds every alert that a YAML parser finds in the rules', () => {
    const found = readdirSync(RULES).flatMap((file) => alertsIn(readFileSync(join(RULES, file), 'utf8')));
    expect(found).toEqual(alertRules().map(({ alert }) => alert));
    expect(found.length).toBeGreaterThan(5);
  });
});
