import { describe, expect, it } from '@jest/globals';
import { EXAMPLE_PRACTICE } from './practice.constants.js';
import { selectPractitioners } from './select-practitioners.js';
import type { PractitionerWish } from './select-practitioners.js';

function select(wish: PractitionerWish): readonly string[] | string {
  const selection = selectPractitioners(EXAMPLE_PRACTICE, wish);
  return selection.ok ? selection.practitioners.map(({ id }) => id) : selection.problem;
}

describe('selectPractitioners', () => {
  it.each(['dentist', 'Dentist.', 'a dentist appointment', 'dental cleaning', 'the dentist, the doctor for teeth'])(
    'understands "%s"',
    (service) => {
      expect(select({ service })).toEqual(['anna-weber', 'tomas-novak']);
    },
  );

  it.each([
    ['GP', ['ruth-okafor']],
    ['family doctor', ['ruth-okafor']],
    ['physical therapy', ['maya-chen']],
    ['barber', 'unknown-service'],
    ['...', 'unknown-service'],
  ])('answers the service "%s" with %j', (service, expected) => {
    expect(select({ service })).toEqual(expected);
  });

  it.each(['Weber', 'Dr. Weber', 'doctor anna WEBER', 'Ánna Wéber'])('understands the name "%s"', (practitioner) => {
    expect(select({ practitioner })).toEqual(['anna-weber']);
    expect(select({ practitioner, service: 'dentist' })).toEqual(['anna-weber']);
  });

  it.each([
    [{ practitioner: 'Web' }, 'unknown-practitioner'],
    [{ practitioner: 'Anna Novak' }, 'unknown-practitioner'],
    [{ practitioner: 'Doctor' }, 'unknown-practitioner'],
    [{ practitioner: 'Weber', service: 'physio' }, 'unknown-practitioner'],
    [{}, 'no-service'],
  ])('answers %j with %s', (wish, problem) => {
    expect(select(wish)).toBe(problem);
  });
});
