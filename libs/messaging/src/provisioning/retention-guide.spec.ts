import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { Buckets, Streams } from '@interject/contracts';
import { DEFAULT_STORE_BYTES, storeStream, topology } from './topology.js';

const GUIDE = join(import.meta.dirname, '../../../../docs/guides/upgrades.md');
const STORES = [...Object.values(Streams), ...Object.values(Buckets)];
const MIB = 1024 ** 2;
const NANOS_PER_S = 1e9;
const UNITS = [
  [86_400, 'days'],
  [3600, 'h'],
  [60, 'min'],
  [1, 's'],
] as const;

/** Cells of the rows of a table whose first one is a name in backquotes. */
function rows(): Map<string, readonly string[]> {
  const [, section = ''] = readFileSync(GUIDE, 'utf8').split('\n## What is kept, and for how long\n');
  const lines = section.split('\n').filter((line) => line.startsWith('| `'));
  const cells = lines.map((line) => line.split('|').map((cell) => cell.trim()));
  return new Map(cells.map(([, name = '', ...rest]) => [name.replaceAll('`', ''), rest]));
}

function age(seconds: number): string {
  if (seconds === 0) return 'for ever';
  const [size, unit] = UNITS.find(([one]) => seconds % one === 0 && seconds > one) ?? UNITS[3];
  return `${String(seconds / size)} ${unit}`;
}

describe('docs/guides/upgrades.md', () => {
  it('lists every stream and bucket, and nothing else', () => {
    expect([...rows().keys()].sort()).toEqual([...STORES].sort());
  });

  it.each(STORES)('says how long %s is kept, where, how much of it, and what is refused', (store) => {
    const shapes = topology({ replicas: 1, storeBytes: DEFAULT_STORE_BYTES });
    const shape = shapes.find(({ name }) => name === storeStream(store));
    if (shape === undefined) throw new Error(`${store} is gone.`);
    const { max_age = 0, storage, max_bytes, discard } = shape;
    const cells = [age(max_age / NANOS_PER_S), storage, `${String(max_bytes / MIB)} MiB`, discard];
    expect(rows().get(store)?.slice(0, 4)).toEqual(cells);
  });
});
