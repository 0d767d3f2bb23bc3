import 'reflect-metadata';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { DEFAULT_SPEECH_PLAN, DUPLICATE_DEFAULTS, FILLER_DEFAULTS, TOOL_DEFAULTS } from '@interject/contracts';
import { DEFAULT_CONCURRENCY } from '@interject/worker-sdk';
import { parse } from 'yaml';
import { CALLBACK_DEFAULTS } from '../callback/callback-plan.js';
import { NESTED_KEYS, TOOL_KEYS } from './known-keys.js';
import { parseToolsFile } from './tools-file.js';

const PROJECT = join(import.meta.dirname, '../..');
const readme = readFileSync(join(PROJECT, 'README.md'), 'utf8');
const example = readFileSync(join(PROJECT, 'tools.example.yaml'), 'utf8');

/** Keys of the table below a heading, each with its default. */
function table(heading: string): Map<string, string> {
  const section = readme.split(/\n#{2,3} /).find((part) => part.startsWith(`${heading}\n`)) ?? '';
  const rows = [...section.matchAll(/^\| `([^`]+)` +\| *(.*?) *\|/gm)];
  return new Map(rows.map(([, key = '', value = '']) => [key, value.replaceAll('`', '')]));
}

/** What the README says a default is, for those that are plain values. */
function shownDefaults(defaults: object): Map<string, string> {
  const plain = Object.entries(defaults).filter(([, value]) => typeof value !== 'object');
  return new Map(plain.map(([key, value]) => [key, String(value)]));
}

describe('README.md', () => {
  it.each<[string, readonly string[]]>([
    ['A tool', TOOL_KEYS],
    ...Object.entries(NESTED_KEYS).map(([key, known]): [string, readonly string[]] => [`\`${key}\``, known]),
  ])('explains every key of %s, and no other', (heading, known) => {
    expect([...table(heading).keys()].sort()).toEqual([...known].sort());
  });

  it.each<[string, object]>([
    ['A tool', { ...TOOL_DEFAULTS, concurrency: DEFAULT_CONCURRENCY }],
    ['`retry`', TOOL_DEFAULTS.retry],
    ['`duplicates`', DUPLICATE_DEFAULTS],
    ['`fillers`', FILLER_DEFAULTS],
    ['`speech`', DEFAULT_SPEECH_PLAN],
    [
      '`callback`',
      { header: CALLBACK_DEFAULTS.header, acceptStatuses: JSON.stringify(CALLBACK_DEFAULTS.acceptStatuses) },
    ],
  ])('tells the defaults of %s', (heading, defaults) => {
    const shown = table(heading);
    for (const [key, value] of shownDefaults(defaults)) expect([key, shown.get(key)]).toEqual([key, value]);
  });
});

describe('tools.example.yaml', () => {
  it('fits', () => {
    const { tools, problems } = parseToolsFile(example, { BACKEND_TOKEN: 't0p-secret' });
    expect(problems).toEqual([]);
    expect(tools).toHaveLength(5);
  });

  it('shows every key', () => {
    const { tools } = parse(example) as { tools: Record<string, unknown>[] };
    const shown = (key?: string): string[] => {
      const mappings = key === undefined ? tools : tools.map((tool) => tool[key]);
      return [...new Set(mappings.flatMap((mapping) => Object.keys(mapping ?? {})))].sort();
    };
    expect(shown()).toEqual([...TOOL_KEYS].sort());
    for (const [key, known] of Object.entries(NESTED_KEYS)) expect([key, shown(key)]).toEqual([key, [...known].sort()]);
  });

  it.each(['tools/demo/http-tools.yaml', 'apps/vapi-simulator/scenarios/speech/speech-tools.yaml'])(
    'is not the only file that fits: %s',
    (path) => {
      const text = readFileSync(join(PROJECT, '../..', path), 'utf8');
      const env = { DEMO_BACKEND_URL: 'http://127.0.0.1:4020', SIMULATOR_PORT: '4010' };
      expect(parseToolsFile(text, env).problems).toEqual([]);
    },
  );
});
