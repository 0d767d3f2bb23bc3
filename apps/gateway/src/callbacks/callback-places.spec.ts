import { describe, expect, it } from '@jest/globals';
import { CallbackPlaces } from './callback-places.js';
import { MAX_CALLBACKS_AT_A_TIME, MAX_CALLBACKS_OF_ONE } from './callbacks.constants.js';

function fill(places: CallbackPlaces<object>, key: string, count: number): object[] {
  return Array.from({ length: count }, () => ({})).filter((holder) => places.take(key, holder));
}

describe('CallbackPlaces', () => {
  it('gives a few to each key, and takes them back', () => {
    const places = new CallbackPlaces<object>();
    const [first = {}, ...others] = fill(places, 'a', 100);
    expect(others).toHaveLength(MAX_CALLBACKS_OF_ONE - 1);
    expect(fill(places, 'b', 1)).toHaveLength(1);
    places.free('a', {});
    expect(fill(places, 'a', 1)).toEqual([]);
    places.free('a', first);
    places.free('a', first);
    expect(fill(places, 'a', 2)).toHaveLength(1);
  });

  it('gives no more than there are, whoever asks', () => {
    const places = new CallbackPlaces<object>();
    const taken = Array.from({ length: 1000 }, (_, key) => fill(places, String(key), 1)).flat();
    expect(taken).toHaveLength(MAX_CALLBACKS_AT_A_TIME);
    taken.forEach((holder, key) => {
      places.free(String(key), holder);
    });
    expect(fill(places, 'last', 1)).toHaveLength(1);
  });
});
