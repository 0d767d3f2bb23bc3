import { Random } from '../../random/random.js';

/**
 * When tool calls are due, in milliseconds from the start: a Poisson process of exactly `rate` x `seconds` arrivals, which
 * is that many uniform times in order. Many independent calls arrive like that; evenly spaced ones would flatter everybody.
 *
 * @param rate arrivals a second
 * @returns the same for the same arguments
 */
export function arrivalTimes(seed: string, rate: number, seconds: number): Float64Array {
  const random = new Random('arrivals', seed, rate, seconds);
  return Float64Array.from({ length: Math.round(rate * seconds) }, () => random.uniform(0, seconds * 1000)).sort();
}
