import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { readStartArguments } from './scenario-argument.mjs';

describe('readStartArguments', () => {
  /** @type {string} */
  let folder;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'interject-start-'));
    mkdirSync(join(folder, 'calls'));
    writeFileSync(join(folder, 'calls/one.yaml'), 'name: one\nsteps:\n  - hangUp: true\n');
    writeFileSync(join(folder, 'calls/tools.yaml'), 'tools: []\n');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('needs no arguments', () => {
    expect(readStartArguments([], [folder])).toEqual({ once: false, scenario: undefined });
  });

  it('finds the scenario where it was typed, and in the root', () => {
    const path = join(folder, 'calls/one.yaml');

    expect(readStartArguments(['--once', 'one.yaml'], [join(folder, 'calls'), folder])).toEqual({
      once: true,
      scenario: path,
    });
    expect(readStartArguments(['calls/one.yaml'], [join(folder, 'calls'), folder])).toEqual({
      once: false,
      scenario: path,
    });
    expect(readStartArguments([path], ['/'])).toEqual({ once: false, scenario: path });
  });

  it.each([
    [['--twice'], 'Unknown option --twice. npm start knows: -- [--once] [scenario.yaml].'],
    [['a.yaml', 'b.yaml'], 'npm start plays one scenario, not 2: a.yaml b.yaml.'],
    [['missing.yaml'], /There is no scenario missing\.yaml \(looked for .*missing\.yaml\)\. Give the path/],
    [['calls'], 'calls is a folder'],
    [['calls/tools.yaml'], 'calls/tools.yaml is no scenario: it has no steps.'],
  ])('refuses %j', (args, message) => {
    expect(() => readStartArguments(args, [folder])).toThrow(message);
  });
});
