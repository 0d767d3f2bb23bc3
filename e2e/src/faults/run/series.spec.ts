import { describe, expect, it } from '@jest/globals';
import type { Fault, Ground } from '../fault.types.js';
import { seriesOf } from './series.js';

function fault(name: string, more: Partial<Fault> = {}): Fault {
  return { name, about: '', inject: () => Promise.resolve(), ...more };
}

const ground = (): Promise<Ground> => Promise.resolve({});
const plain = Array.from({ length: 12 }, (_, index) => fault(`plain-${String(index)}`));
const names = (seed: number, faults: readonly Fault[]): string[][] =>
  seriesOf(faults, seed).map((series) => series.faults.map(({ name }) => name));

describe('series', () => {
  it('hold every fault once, with those of the same ground and replicas', () => {
    const others = [
      fault('grounded', { ground }),
      fault('other-rate', { callsPerSecond: 1 }),
      fault('more', { replicas: { gateway: 3 } }),
      fault('alone', { isAlone: true }),
      fault('grounded-too', { ground }),
    ];
    const dealt = names(1, [...plain, ...others]);
    expect(dealt.flat().sort()).toEqual([...plain, ...others].map(({ name }) => name).sort());
    expect(dealt.map((series) => series.length)).toEqual([6, 6, 2, 1, 1, 1]);
    expect(dealt.find((series) => series.includes('grounded'))?.sort()).toEqual(['grounded', 'grounded-too']);
  });

  it('take an order that follows from the seed, and a part keeps it', () => {
    const [first = []] = names(3, plain);
    expect(names(3, [...plain].reverse())[0]).toEqual(first);
    expect(names(4, plain)[0]).not.toEqual(first);
    const part = plain.filter(({ name }) => first.slice(0, 4).includes(name));
    expect(names(3, part)).toEqual([first.slice(0, 4)]);
  });
});
